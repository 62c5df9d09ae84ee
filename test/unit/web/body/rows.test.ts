import { describe, expect, it } from 'vitest';
import { LOG_FILES, LOG_X509 } from '../../../../assembly/abi/logs';
import { columnParts, u32, type Cell } from '../../../../web/body/rows';
import { SCHEMAS, type ColumnSchema } from '../../../../web/engine/schema';

function column(log: number, name: string): ColumnSchema {
  const found = SCHEMAS[log]?.columns.find((one) => one.name === name);
  if (!found) throw new Error(name);
  return found;
}

describe('columns made on the host', () => {
  it('hold texts as UTF-8, bytes as they are and nothing for null', () => {
    const values: Cell[] = ['plain', null, '', 'Grün', new Uint8Array([0xff, 0]), 'ab例え', '\u{1f600}x', '\ud800', 'end'];
    const { validity, offsets, data } = columnParts(column(LOG_FILES, 'filename'), values);
    const cells = values.map((_, i) => data?.subarray(offsets?.[i] ?? 0, offsets?.[i + 1] ?? 0));
    const utf8 = new TextEncoder();
    values.forEach((value, i) => expect([...cells[i] ?? []], String(value)).toEqual([...value instanceof Uint8Array ? value : utf8.encode(String(value ?? ''))]));
    expect([...validity]).toEqual([0b11111101, 1]);
    expect(data?.length).toBe(offsets?.[values.length]);
  });

  it('hold lists of texts', () => {
    const { offsets, itemOffsets, data } = columnParts(column(LOG_X509, 'san.dns'), [['a.example', 'ü.example'], null, [], ['c']]);
    expect([...offsets ?? []]).toEqual([0, 2, 2, 2, 3]);
    const items = [0, 1, 2].map((i) => new TextDecoder().decode(data?.subarray(itemOffsets?.[i] ?? 0, itemOffsets?.[i + 1] ?? 0)));
    expect(items).toEqual(['a.example', 'ü.example', 'c']);
  });

  it('are read back as unsigned numbers', () => {
    const parts = columnParts(column(LOG_FILES, 'body'), [1, null, 0xfffffffe, 0x01020304]);
    const data = { validity: parts.validity, values: parts.values ?? new Uint8Array(0), offsets: new Int32Array(0), itemOffsets: new Int32Array(0), data: new Uint8Array(0) };
    expect([0, 1, 2, 3].map((r) => u32(data, r))).toEqual([1, null, 0xfffffffe, 0x01020304]);
  });
});
