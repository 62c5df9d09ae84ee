import { BODY_BEGIN, BODY_DATA, BODY_GAP, OPTION_PACKET_LOG } from '../../assembly/abi/enums';
import { LOG_FILES } from '../../assembly/abi/logs';
import { FILES_BODY, FILES_FUID } from '../../assembly/abi/logs';
import { BodyPipeline } from '../body/pipeline';
import { Engine } from '../engine/instance';
import type { PackedChunk } from '../engine/chunk';
import { LogTable } from '../logs/table';
import type { PacketIndex } from './packet-index';

/** Bytes of a body that can be saved. */
export const MAX_CARVED_BYTES = 256 << 20;

export type CarveResult = { readonly ok: true; readonly bytes: Uint8Array } | { readonly ok: false; readonly error: string };

/**
 * The decoded bytes of the file `fuid` out of its flow's packets. File ids are deterministic, so the second reading finds
 * the same one. `place` is its place among the bodies of the flow, from 0: only that one is kept in memory.
 */
export async function carveBody(
  module: WebAssembly.Module, index: PacketIndex, pkts: readonly number[], fuid: string,
): Promise<CarveResult> {
  // First which body it is, then its bytes: a flow may carry far more than the one that is asked for.
  const files = new LogTable('files');
  const first = await replay(module, index, pkts, {
    chunk: (chunk) => { if (chunk.log === LOG_FILES) files.append(chunk); },
  });
  if (first !== '') return { ok: false, error: first };
  let wanted = 0;
  for (let row = 0; row < files.rows; row++) if (files.str(row, FILES_FUID) === fuid) wanted = files.num(row, FILES_BODY);
  if (wanted === 0) return { ok: false, error: 'This file was not found again in the packets of its flow.' };
  const pieces: Uint8Array[] = [];
  let total = 0;
  const pipeline = new BodyPipeline(null, () => undefined, (_, bytes) => {
    const room = MAX_CARVED_BYTES - total;
    if (room <= 0) return;
    const piece = bytes.slice(0, room);
    pieces.push(piece);
    total += piece.length;
  });
  const second = await replay(module, index, pkts, {
    chunk: () => undefined,
    body: (kind, body, value, bytes) => {
      if (body !== wanted) return;
      if (kind === BODY_DATA) pipeline.data(body, bytes);
      else if (kind === BODY_BEGIN) pipeline.begin(body, value);
      else if (kind === BODY_GAP) pipeline.gap(body, value >>> 0);
      else pipeline.end(body);
    },
  });
  pipeline.flush();
  if (second !== '') return { ok: false, error: second };
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) { bytes.set(piece, at); at += piece.length; }
  return { ok: true, bytes };
}

/** Sends packets through an engine; answers a sentence when they could not be read. */
async function replay(
  module: WebAssembly.Module, index: PacketIndex, pkts: readonly number[],
  sink: { chunk(chunk: PackedChunk): void; body?(kind: number, body: number, value: number, bytes: Uint8Array): void },
): Promise<string> {
  const engine = new Engine(module, sink);
  engine.begin(0);
  engine.configure(OPTION_PACKET_LOG, 0);
  for await (const batch of index.read(pkts)) {
    if (!batch.ok) return batch.error;
    for (const packet of batch.value) {
      engine.pushPacket({ number: packet.pkt, time: packet.time, linktype: packet.linktype, wire: packet.len, bytes: packet.bytes });
    }
  }
  engine.end();
  return '';
}
