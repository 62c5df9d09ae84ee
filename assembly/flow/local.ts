// Which addresses are ours: private and special-purpose ranges, as Zeek's Site::private_address_space and its local
// multicast have them (IANA special-purpose address registries).

import { be32 } from "../memory/bytes";

function local4(a: u32): bool {
  const top = a >>> 24;
  return (
    top == 10 || // RFC 1918
    a >>> 20 == 0xac1 ||
    a >>> 16 == 0xc0a8 ||
    top == 127 || // RFC 1122
    top == 0 ||
    a >>> 22 == 0x191 || // 100.64.0.0/10, RFC 6598
    a >>> 16 == 0xa9fe || // 169.254.0.0/16, RFC 3927
    a >>> 8 == 0xc00000 || // 192.0.0.0/24, RFC 6890
    a >>> 8 == 0xc00002 || // documentation, RFC 5737
    a >>> 8 == 0xc63364 ||
    a >>> 8 == 0xcb0071 ||
    a >>> 17 == 0x6309 || // 198.18.0.0/15, RFC 2544
    a >>> 8 == 0xe00000 || // 224.0.0.0/24, link-local multicast
    top == 239 || // administratively scoped multicast, RFC 2365
    top >= 240 // reserved and broadcast, RFC 1112
  );
}

/** True for an address (16 bytes, IPv4 mapped) that is not routed over the Internet. */
export function isLocal(address: usize): bool {
  const first = be32(address);
  if (load<u64>(address) == 0 && load<u32>(address, 8) == 0xffff0000) return local4(be32(address + 12));
  if (first == 0) return load<u64>(address) == 0 && be32(address + 8) == 0 && be32(address + 12) <= 1; // :: and ::1
  if (first >>> 25 == 0x7e) return true; // fc00::/7, RFC 4193
  if (first >>> 22 == 0x3fa) return true; // fe80::/10, RFC 4291
  if (first >>> 9 == 0x100080) return true; // 2001::/23, RFC 2928
  if (first == 0x20010db8) return true; // RFC 3849
  if (first >>> 16 == 0x2002) return local4(be32(address + 2)) && be32(address + 2) >>> 24 != 239; // 6to4, RFC 3056
  if (first == 0x01000000 && be32(address + 4) == 0) return true; // 100::/64, RFC 6666
  return first == 0x0064ff9b && be32(address + 4) >>> 16 == 1; // 64:ff9b:1::/48, RFC 8215
}
