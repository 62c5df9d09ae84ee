import * as abi from '../../assembly/abi/logs';
import type { LogTable } from './table';

/**
 * Sets request_body_len and response_body_len of the http log to the decoded size, as Zeek has it, where the one body that
 * a message carried was compressed: the engine counts bytes on the wire, the files log has what came out of them. Call it
 * once per capture, when both tables are complete; calling it again changes nothing.
 */
export function applyDecodedLengths(http: LogTable, files: LogTable): void {
  const decoded = new Map<string, number>();
  for (let row = 0; row < files.rows; row++) {
    if (files.isNull(row, abi.FILES_CONTENT_ENCODING)) continue;
    decoded.set(files.str(row, abi.FILES_FUID), files.num(row, abi.FILES_SEEN_BYTES));
  }
  if (decoded.size === 0) return;
  const sides = [[abi.HTTP_ORIG_FUIDS, abi.HTTP_REQUEST_BODY_LEN], [abi.HTTP_RESP_FUIDS, abi.HTTP_RESPONSE_BODY_LEN]] as const;
  for (let row = 0; row < http.rows; row++) {
    for (const [fuids, length] of sides) {
      if (http.isNull(row, fuids)) continue;
      const names = http.strs(row, fuids);
      const size = names.length === 1 ? decoded.get(names[0] ?? '') : undefined;
      if (size === undefined) continue;
      const i = http.chunkOf(row);
      const values = http.edit(i).columns[length]?.values;
      if (values) new DataView(values.buffer, values.byteOffset).setBigUint64((row - (http.starts[i] ?? 0)) * 8, BigInt(size), true);
    }
  }
}
