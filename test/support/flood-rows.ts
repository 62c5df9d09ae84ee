import { COL_FLOW, COL_ORIG_H } from '../../assembly/abi/logs';
import { openChunk, type PackedChunk } from '../../web/engine/chunk';
import { words } from '../../web/logs/growing';
import { packRows } from './table-builder';

/** Rows of a chunk of a flood. */
export const FLOOD_ROWS = 4096;

const one = packRows('conn', Array.from({ length: FLOOD_ROWS }, (_, i) => ({
  ts: 1.7e15 + i, uid: `C${i}`, 'id.orig_h': '45.0.0.0', 'id.orig_p': 1000, 'id.resp_h': '198.51.100.1', 'id.resp_p': 80, pkt: i + 1, flow: 1, proto: 1, conn_state: 0, orig_pkts: 1, resp_pkts: 0,
})))[0] as PackedChunk;

/** Conn rows with flow numbers from `first`, each from an address of its own (below 2^24), all to one server. */
export function floodChunk(first: number): PackedChunk {
  const packed = { ...one, buffer: one.buffer.slice(0) };
  const { columns } = openChunk(packed);
  const [flows, origs] = [words(columns[COL_FLOW]!.values), columns[COL_ORIG_H]!.values];
  for (let r = 0; r < FLOOD_ROWS; r++) {
    flows[r] = first + r;
    origs.set([45, (first + r) >> 16, (first + r) >> 8, first + r], r * 16 + 12);
  }
  return packed;
}
