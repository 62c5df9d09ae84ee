import * as abi from '../../assembly/abi/logs';
import type { ColumnData } from '../engine/chunk';
import { ByteTable } from './byte-table';
import type { LogTable } from './table';

const isValid = (data: ColumnData, r: number): boolean => ((data.validity[r >> 3]! >> (r & 7)) & 1) === 1;

/**
 * Sets request_body_len and response_body_len of the http log to the decoded size, as Zeek has it, where the one body that
 * a message carried was compressed: the engine counts bytes on the wire, the files log has what came out of them. Call it
 * once per capture, when both tables are complete; calling it again changes nothing.
 */
export function applyDecodedLengths(http: LogTable, files: LogTable): void {
  const fuids = new ByteTable();
  /** seen_bytes by number of the fuid: low and high word. */
  const sizes: number[] = [];
  files.eachChunk((chunk) => {
    const fuid = chunk.columns[abi.FILES_FUID]!;
    const encoding = chunk.columns[abi.FILES_CONTENT_ENCODING]!;
    const { values } = chunk.columns[abi.FILES_SEEN_BYTES]!;
    const seen = new Uint32Array(values.buffer, values.byteOffset, chunk.rows * 2);
    for (let r = 0; r < chunk.rows; r++) {
      if (!isValid(encoding, r)) continue;
      const id = fuids.intern(fuid.data, fuid.offsets[r]!, fuid.offsets[r + 1]!);
      sizes[id * 2] = seen[r * 2]!;
      sizes[id * 2 + 1] = seen[r * 2 + 1]!;
    }
  });
  if (fuids.count === 0) return;
  const sides = [[abi.HTTP_ORIG_FUIDS, abi.HTTP_REQUEST_BODY_LEN], [abi.HTTP_RESP_FUIDS, abi.HTTP_RESPONSE_BODY_LEN]] as const;
  http.revise((chunk) => {
    let changed = false;
    for (const [list, length] of sides) {
      const names = chunk.columns[list]!;
      const { offsets, itemOffsets, data } = names;
      const { values } = chunk.columns[length]!;
      const lengths = new Uint32Array(values.buffer, values.byteOffset, chunk.rows * 2);
      for (let r = 0; r < chunk.rows; r++) {
        const item = offsets[r]!;
        if (!isValid(names, r) || offsets[r + 1]! - item !== 1) continue;
        const id = fuids.find(data, itemOffsets[item]!, itemOffsets[item + 1]!);
        if (id < 0) continue;
        changed = true;
        lengths[r * 2] = sizes[id * 2]!;
        lengths[r * 2 + 1] = sizes[id * 2 + 1]!;
      }
    }
    return changed;
  });
}
