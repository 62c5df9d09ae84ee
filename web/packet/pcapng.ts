import type { PacketBytes } from './packet-index';

// Writing pcapng (draft-ietf-opsawg-pcapng): one section, an interface for each that occurs, nanoseconds.

const SECTION = 0x0a0d0d0a;
const BYTE_ORDER = 0x1a2b3c4d;
const OPTION_COMMENT = 1;
const OPTION_NAME = 2;
const OPTION_USER_APPLICATION = 4;
const OPTION_RESOLUTION = 9;

const pad4 = (n: number): number => (n + 3) & ~3;
const text = new TextEncoder();

function option(code: number, value: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + pad4(value.length));
  const view = new DataView(out.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  out.set(value, 4);
  return out;
}

function block(type: number, parts: readonly Uint8Array[]): Uint8Array {
  const body = parts.reduce((sum, part) => sum + pad4(part.length), 0);
  const out = new Uint8Array(12 + body);
  const view = new DataView(out.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, out.length, true);
  let at = 8;
  for (const part of parts) { out.set(part, at); at += pad4(part.length); }
  view.setUint32(at, out.length, true);
  return out;
}

const words = (...values: readonly number[]): Uint8Array => {
  const out = new Uint8Array(values.length * 4);
  const view = new DataView(out.buffer);
  values.forEach((value, i) => view.setUint32(i * 4, value >>> 0, true));
  return out;
};

const END = words(0);

/** Blocks of a capture being written, in order; their bytes are the file. */
export class PcapngWriter {
  readonly blocks: Uint8Array[] = [];
  /** Bytes so far. */
  size = 0;
  private readonly interfaces = new Map<string, number>();

  /** `comment` goes into the section's header: where the packets come from. */
  constructor(comment: string) {
    this.put(block(SECTION, [
      words(BYTE_ORDER, 1, 0xffffffff, 0xffffffff),
      option(OPTION_COMMENT, text.encode(comment)), option(OPTION_USER_APPLICATION, text.encode('Capsift')), END,
    ]));
  }

  /** Appends a packet with its time to the nanosecond and its length on the wire. */
  packet(packet: PacketBytes): void {
    const key = `${packet.interface}:${packet.linktype}`;
    let id = this.interfaces.get(key);
    if (id === undefined) {
      id = this.interfaces.size;
      this.interfaces.set(key, id);
      this.put(block(1, [
        words(packet.linktype & 0xffff, 0), option(OPTION_NAME, text.encode(`interface ${packet.interface}`)),
        option(OPTION_RESOLUTION, Uint8Array.of(9)), END,
      ]));
    }
    const time = BigInt.asUintN(64, packet.time);
    this.put(block(6, [
      words(id, Number(time >> 32n), Number(time & 0xffffffffn), packet.bytes.length, packet.len), packet.bytes,
    ]));
  }

  private put(bytes: Uint8Array): void {
    this.blocks.push(bytes);
    this.size += bytes.length;
  }
}

/** The file that a writer holds. */
export function joinBlocks(writer: PcapngWriter): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(writer.size);
  let at = 0;
  for (const bytes of writer.blocks) { out.set(bytes, at); at += bytes.length; }
  return out;
}
