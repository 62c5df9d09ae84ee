/** LINKTYPE_RAW: packets begin with their IP header. */
export const LINKTYPE_RAW = 101;

/** The 24 bytes that a pcap begins with: little-endian, microseconds. @param linktype LINKTYPE_* */
export function pcapHeader(linktype: number): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262144, 16);
  header.writeUInt32LE(linktype, 20);
  return header;
}

/** A pcap of `packets` Ethernet frames whose bytes compress about as real traffic does; the same every time. */
export function syntheticPcap(packets: number, seed = 1): Buffer {
  let state = seed >>> 0;
  const random = (): number => { state = (Math.imul(state, 1664525) + 1013904223) >>> 0; return state / 2 ** 32; };
  const parts: Buffer[] = [];
  const header = pcapHeader(1);
  parts.push(header);
  for (let i = 0; i < packets; i++) {
    const length = 60 + Math.floor(random() * 400);
    const record = Buffer.alloc(16 + length);
    record.writeUInt32LE(1_700_000_000 + i, 0);
    record.writeUInt32LE(i % 1_000_000, 4);
    record.writeUInt32LE(length, 8);
    record.writeUInt32LE(length, 12);
    record.write('GET /index.html HTTP/1.1\r\nHost: example.test\r\n', 16 + 14);
    for (let at = 16 + 62; at < record.length; at++) record[at] = random() < 0.5 ? Math.floor(random() * 256) : 0x41;
    parts.push(record);
  }
  return Buffer.concat(parts);
}
