/** Where the headers of a packet lie; -1 = there is none. */
export interface Places {
  readonly ip: number;
  /** 4 or 6. */
  readonly version: number;
  readonly protocol: number;
  readonly transport: number;
  readonly payload: number;
}

const NONE: Places = { ip: -1, version: 0, protocol: 0, transport: -1, payload: -1 };

function network(bytes: Buffer, linktype: number): number {
  switch (linktype) {
    case 0: case 108: return 4;
    case 12: case 14: case 101: case 228: case 229: return 0;
    case 113: return 16;
    case 276: return 20;
    case 1: {
      let at = 12;
      while (at + 2 <= bytes.length && [0x8100, 0x88a8, 0x9100].includes(bytes.readUInt16BE(at))) at += 4;
      if (at + 2 > bytes.length) return -1;
      return [0x0800, 0x86dd].includes(bytes.readUInt16BE(at)) ? at + 2 : -1;
    }
    default: return -1;
  }
}

/** The headers of a packet, as far as mutation cares. */
export function placesOf(bytes: Buffer, linktype: number): Places {
  const ip = network(bytes, linktype);
  if (ip < 0 || ip + 20 > bytes.length) return NONE;
  const version = bytes[ip]! >> 4;
  if (version !== 4 && version !== 6) return NONE;
  const transport = ip + (version === 4 ? (bytes[ip]! & 15) * 4 : 40);
  if (transport + 8 > bytes.length) return NONE;
  const protocol = version === 4 ? bytes[ip + 9]! : bytes[ip + 6]!;
  const payload = protocol === 6 && transport + 20 <= bytes.length ? transport + (bytes[transport + 12]! >> 4) * 4 : transport + 8;
  return { ip, version, protocol, transport, payload: Math.min(payload, bytes.length) };
}

/** Makes the lengths of IP and UDP right again, as a sender would have them. */
export function fixLengths(bytes: Buffer, linktype: number): void {
  const { ip, version, protocol, transport } = placesOf(bytes, linktype);
  if (ip < 0) return;
  if (version === 4) bytes.writeUInt16BE(Math.min(0xffff, bytes.length - ip), ip + 2);
  else bytes.writeUInt16BE(Math.min(0xffff, bytes.length - ip - 40), ip + 4);
  if (protocol === 17) bytes.writeUInt16BE(Math.min(0xffff, bytes.length - transport), transport + 4);
}
