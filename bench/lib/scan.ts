import { closeSync, existsSync, openSync, readSync } from 'node:fs';

const PIECE_BYTES = 1024 * 1024;

/** A file's bytes in order, in one buffer that is used again and again. @throws Error of node:fs */
export function* pieces(path: string): Generator<Buffer, void> {
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(PIECE_BYTES);
  try {
    for (let got = readSync(file, buffer); got > 0; got = readSync(file, buffer)) yield buffer.subarray(0, got);
  } finally {
    closeSync(file);
  }
}

/** The lines of a text file as bytes, without their ends; none when the file is not there. */
export function* lines(path: string): Generator<Buffer, void> {
  if (!existsSync(path)) return;
  let left: Buffer = Buffer.alloc(0);
  for (const piece of pieces(path)) {
    let at = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, at)) {
      const line = piece.subarray(at, end);
      yield left.length > 0 ? Buffer.concat([left, line]) : line;
      left = Buffer.alloc(0);
      at = end + 1;
    }
    if (at < piece.length) left = Buffer.concat([left, piece.subarray(at)]);
  }
  if (left.length > 0) yield left;
}

export interface PcapCounts {
  readonly bytes: number;
  readonly packets: number;
  /** Packets of more than LONG_PACKET bytes, of the captured ones. */
  readonly longPackets: number;
}

/** The largest packet that Suricata takes from a file, as seen in its own figure `max_pkt_size`; longer ones it passes over. */
const LONG_PACKET = 65_590;

/** Reads a whole pcap, which leaves it in the page cache, and counts its packets. @throws Error when it is none, or is cut */
export function countPackets(path: string): PcapCounts {
  let bytes = 0;
  let packets = 0;
  let longPackets = 0;
  // Where the next record header begins; a header may lie across two pieces.
  let next = 24;
  let carried: Buffer = Buffer.alloc(0);
  let little = true;
  for (const piece of pieces(path)) {
    const start = bytes - carried.length;
    const all = carried.length > 0 ? Buffer.concat([carried, piece]) : piece;
    if (bytes === 0) {
      little = [0xa1b2c3d4, 0xa1b23c4d].includes(all.readUInt32LE(0));
      if (!little && ![0xa1b2c3d4, 0xa1b23c4d].includes(all.readUInt32BE(0))) throw new Error(`${path} is no pcap`);
    }
    bytes += piece.length;
    while (next + 16 <= bytes) {
      const at = next - start + 8;
      const captured = little ? all.readUInt32LE(at) : all.readUInt32BE(at);
      if (captured > LONG_PACKET) longPackets++;
      next += 16 + captured;
      packets++;
    }
    carried = next < bytes ? Buffer.from(all.subarray(next - start)) : Buffer.alloc(0);
  }
  if (next !== bytes) throw new Error(`${path} ends within a packet`);
  return { packets, bytes, longPackets };
}
