// Which addresses are ours: RFC 1918 and its kin, as Zeek's Site::private_address_space has them.

import { be32 } from "../memory/bytes";

/** True for an address (16 bytes) of a private or link-local range or loopback. */
export function isLocal(address: usize): bool {
  if (load<u64>(address) == 0 && load<u32>(address, 8) == 0xffff0000) {
    const a = be32(address + 12);
    return (
      a >>> 24 == 10 || // RFC 1918
      a >>> 20 == 0xac1 ||
      a >>> 16 == 0xc0a8 ||
      a >>> 22 == 0x191 || // 100.64.0.0/10, RFC 6598
      a >>> 24 == 127 || // RFC 1122
      a >>> 16 == 0xa9fe || // 169.254.0.0/16, RFC 3927
      a >>> 24 == 0
    );
  }
  const first = <u32>load<u8>(address);
  const second = <u32>load<u8>(address, 1);
  if ((first & 0xfe) == 0xfc) return true; // fc00::/7, RFC 4193
  if (first == 0xfe && (second & 0xc0) == 0x80) return true; // fe80::/10, RFC 4291
  return load<u64>(address) == 0 && be32(address + 8) == 0 && be32(address + 12) <= 1; // :: and ::1
}
