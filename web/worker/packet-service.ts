import { COL_FLOW, COL_ORIG_H, COL_ORIG_P, COL_RESP_H, COL_RESP_P, COL_UID, FILES_FILENAME, FILES_FUID, FILES_SHA256, PACKET_FLOW } from '../../assembly/abi/logs';
import { encryptedZip } from '../body/archive';
import type { CaptureLocator } from '../capture/open';
import { CaptureReader } from '../capture/reader';
import { fromBlob } from '../capture/source';
import { formatAddress } from '../logs/address';
import type { CaptureTables, LogTable } from '../logs/table';
import { carveBody, dissect, followStream, joinBlocks, PacketIndex, PcapngWriter } from '../packet/index';
import type { PacketDetail, Result, Saved, Stream, TimeZone } from './api';
import type { PacketAccess, PacketSource } from './analysis/packet-access';
import { formatTime } from './analysis/zones';

/** Bytes of a saved capture at the most: it is made in memory. */
const MAX_SAVED_BYTES = 512 << 20;
const PLAIN: CaptureLocator = { start: 0, end: null, layers: [], locked: null };

const fail = (error: string): { ok: false; error: string } => ({ ok: false, error });

/** Reads packets again from the captures' files; needs the compiled engine for streams and bodies. */
export class PacketService implements PacketAccess {
  private readonly indexes = new WeakMap<CaptureTables, { file: Blob; index: PacketIndex }>();

  constructor(private readonly module: () => WebAssembly.Module | null) {}

  async packet(capture: PacketSource, pkt: number, timeZone: TimeZone): Promise<Result<PacketDetail>> {
    const index = this.index(capture);
    if (!index.ok) return index;
    const head = index.value.head(pkt);
    if (!head) return fail(`There is no packet ${pkt} in ${capture.name}: it has ${index.value.count}.`);
    for await (const read of index.value.read([pkt])) {
      if (!read.ok) return read;
      const packet = read.value[0];
      if (!packet) break;
      const bytes = packet.bytes.slice();
      return {
        ok: true,
        value: {
          capture: capture.id, pkt, ts: formatTime(Number(head.time / 1000n), timeZone), caplen: head.caplen, len: head.len,
          flow: table(capture, 'packet').num(pkt - 1, PACKET_FLOW), bytes, layers: dissect(head.linktype, bytes),
        },
      };
    }
    return fail(`Packet ${pkt} could not be read.`);
  }

  async follow(capture: PacketSource, flow: number): Promise<Result<Stream>> {
    const index = this.index(capture);
    if (!index.ok) return index;
    const module = this.module();
    if (!module) return fail('The engine is not ready yet. Try again in a moment.');
    const conn = table(capture, 'conn');
    const row = rowOf(conn, COL_FLOW, flow);
    if (row < 0) return fail('This flow is not in the conn log yet. Try again when the run has ended.');
    const followed = await followStream(module, index.value, index.value.ofFlows(new Set([flow])), conn.str(row, COL_UID));
    if (!followed.ok) return followed;
    const end = (address: number, port: number): string => `${formatAddress(conn.bytes(row, address))} port ${conn.num(row, port)}`;
    return {
      ok: true,
      value: {
        flow, orig: end(COL_ORIG_H, COL_ORIG_P), resp: end(COL_RESP_H, COL_RESP_P), cut: followed.cut,
        parts: followed.parts.map((part) => ({ from_orig: part.from_orig, pkt: part.pkt, ts: Number(part.time / 1000n), bytes: part.bytes, gap: part.gap })),
      },
    };
  }

  async savePackets(capture: PacketSource, rows: Uint32Array): Promise<Result<Saved>> {
    const index = this.index(capture);
    if (!index.ok) return index;
    if (rows.length === 0) return fail('There are no packets to save: the scope is empty.');
    const writer = new PcapngWriter(`${rows.length} packets of ${capture.name}`);
    const pkts = Array.from(rows, (row) => row + 1).sort((a, b) => a - b);
    for await (const read of index.value.read(pkts)) {
      if (!read.ok) return read;
      for (const packet of read.value) writer.packet({ ...packet, bytes: packet.bytes.slice() });
      if (writer.size > MAX_SAVED_BYTES) return fail('These packets are more than 512 MiB. Narrow the scope and save again.');
    }
    const name = capture.name.replace(/\.(?:pcapng|pcap|cap|gz|zst|zip)$/gi, '');
    return { ok: true, value: { name: `${name}-packets.pcapng`, type: 'application/vnd.tcpdump.pcap', bytes: joinBlocks(writer) } };
  }

  async saveFile(capture: PacketSource, fuid: string): Promise<Result<Saved>> {
    const index = this.index(capture);
    if (!index.ok) return index;
    const module = this.module();
    if (!module) return fail('The engine is not ready yet. Try again in a moment.');
    const files = table(capture, 'files');
    let row = -1;
    for (let r = 0; r < files.rows && row < 0; r++) if (files.str(r, FILES_FUID) === fuid) row = r;
    if (row < 0) return fail(`There is no file ${fuid} in ${capture.name}.`);
    const flow = files.num(row, COL_FLOW);
    const carved = await carveBody(module, index.value, index.value.ofFlows(new Set([flow])), fuid);
    if (!carved.ok) return carved;
    const name = files.str(row, FILES_FILENAME) || files.str(row, FILES_SHA256) || fuid;
    return { ok: true, value: { name: `${fuid}.zip`, type: 'application/zip', bytes: await encryptedZip([{ name, bytes: carved.bytes }]) } };
  }

  private index(capture: PacketSource): Result<PacketIndex> {
    const { file, tables } = capture;
    if (!file) return fail(`The packets of ${capture.name} are not at hand. Open the file again to read them.`);
    const known = this.indexes.get(tables);
    if (known?.file === file) return { ok: true, value: known.index };
    const index = new PacketIndex(tables, new CaptureReader(fromBlob(file, capture.name), capture.locator ?? PLAIN));
    this.indexes.set(tables, { file, index });
    return { ok: true, value: index };
  }
}

function table(capture: PacketSource, name: Parameters<CaptureTables['get']>[0]): LogTable {
  const found = capture.tables.get(name);
  if (!found) throw new RangeError(`${capture.name} has no ${name} log`);
  return found;
}

function rowOf(log: LogTable, column: number, value: number): number {
  for (let row = 0; row < log.rows; row++) if (log.num(row, column) === value) return row;
  return -1;
}
