import { OPTION_BODIES, OPTION_PACKET_LOG, OPTION_STREAM_TAP } from '../../assembly/abi/enums';
import { COL_FLOW, COL_UID, LOG_CONN } from '../../assembly/abi/logs';
import { Engine } from '../engine/instance';
import type { PackedChunk } from '../engine/chunk';
import { LogTable } from '../logs/table';
import type { PacketIndex } from './packet-index';

/** Bytes of a stream that are shown; a longer one is cut. */
export const MAX_STREAM_BYTES = 8 << 20;

/** A run of bytes of one direction. */
export interface FollowedPart {
  readonly from_orig: boolean;
  /** The packet that brought the first of these bytes within reach. */
  readonly pkt: number;
  readonly time: bigint;
  readonly bytes: Uint8Array;
  /** Bytes missing before these. */
  readonly gap: number;
}

export type FollowResult =
  | { readonly ok: true; readonly parts: readonly FollowedPart[]; readonly cut: boolean }
  | { readonly ok: false; readonly error: string };

/**
 * The reassembled bytes of one flow, in both directions, in the order in which they became readable: the flow's packets go
 * through an engine of their own. `uid` tells the flow from others whose fragments lie between.
 */
export async function followStream(module: WebAssembly.Module, index: PacketIndex, pkts: readonly number[], uid: string): Promise<FollowResult> {
  const parts: (FollowedPart & { readonly flow: number })[] = [];
  const conn = new LogTable('conn');
  let now = { pkt: 0, time: 0n };
  let total = 0;
  let cut = false;
  const gaps = new Map<string, number>();
  const engine = new Engine(module, {
    chunk: (chunk: PackedChunk) => { if (chunk.log === LOG_CONN) conn.append(chunk); },
    stream: (flow, dir, bytes, gap) => {
      const key = `${flow}:${dir}`;
      if (gap > 0) { gaps.set(key, (gaps.get(key) ?? 0) + gap); return; }
      const room = MAX_STREAM_BYTES - total;
      if (bytes.length > room) cut = true;
      if (room <= 0) return;
      const copy = bytes.slice(0, room);
      total += copy.length;
      parts.push({ flow, from_orig: dir === 0, ...now, bytes: copy, gap: gaps.get(key) ?? 0 });
      gaps.delete(key);
    },
  });
  engine.begin(0);
  engine.configure(OPTION_STREAM_TAP, 1);
  engine.configure(OPTION_PACKET_LOG, 0);
  engine.configure(OPTION_BODIES, 0);
  for await (const batch of index.read(pkts)) {
    if (!batch.ok) return batch;
    for (const packet of batch.value) {
      now = { pkt: packet.pkt, time: packet.time };
      engine.pushPacket({ number: packet.pkt, time: packet.time, linktype: packet.linktype, wire: packet.len, bytes: packet.bytes });
    }
    if (cut) break;
  }
  engine.end();
  let ordinal = 0;
  for (let row = 0; row < conn.rows; row++) if (conn.str(row, COL_UID) === uid) ordinal = conn.num(row, COL_FLOW);
  return { ok: true, cut, parts: parts.filter((part) => part.flow === ordinal) };
}
