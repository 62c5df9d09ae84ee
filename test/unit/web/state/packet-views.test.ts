import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hexLine, hexLines, layerTree, openLines, pathToByte } from '../../../../web/state/hex';
import { directionBytes, streamHex, streamRuns, streamText } from '../../../../web/state/stream-text';
import type { Layer, StreamPart } from '../../../../web/worker/api';

const LAYERS: readonly Layer[] = [
  { name: 'Ethernet II', summary: '', offset: 0, length: 14, fields: [{ name: 'Destination', value: '', offset: 0, length: 6 }, { name: 'Type', value: '', offset: 12, length: 2 }] },
  { name: 'TCP', summary: '', offset: 14, length: 20, fields: [
    { name: 'Flags', value: '', offset: 27, length: 1, children: [{ name: 'Push', value: 'set', offset: 27, length: 1 }] },
    { name: 'Stream', value: '4', offset: 0, length: 0, children: [{ name: 'Port', value: '80', offset: 16, length: 2 }] },
  ] },
];

describe('a packet', () => {
  it('shows sixteen bytes a line and a character only where there is one', () => {
    const bytes = new TextEncoder().encode('GET / HTTP/1.1\r\n\u0000x');
    expect(hexLines(bytes.length)).toBe(2);
    expect(hexLine(bytes, 0).cells.map((cell) => cell.text).join('')).toBe('GET / HTTP/1.1··');
    expect(hexLine(bytes, 1)).toMatchObject({ address: '0010', cells: [{ at: 16, hex: '00' }, { at: 17, hex: '78', text: 'x' }] });
  });

  it('opens only what is asked', () => {
    const tree = layerTree(LAYERS);
    expect(openLines(tree, new Set()).map((line) => line.name)).toEqual(['Ethernet II', 'TCP']);
    expect(openLines(tree, new Set(['1', '1.0'])).map((line) => line.id)).toEqual(['0', '1', '1.0', '1.0.0', '1.1']);
  });

  it('finds the narrowest field of a byte, also below a derived one', () => {
    const tree = layerTree(LAYERS);
    expect(pathToByte(tree, 12).map((node) => node.name)).toEqual(['Ethernet II', 'Type']);
    expect(pathToByte(tree, 27).map((node) => node.name)).toEqual(['TCP', 'Flags', 'Push']);
    expect(pathToByte(tree, 17).map((node) => node.name)).toEqual(['TCP', 'Stream', 'Port']);
    expect(pathToByte(tree, 9).map((node) => node.name)).toEqual(['Ethernet II']);
    expect(pathToByte(tree, 999)).toEqual([]);
  });
});

describe('a stream', () => {
  const part = (from_orig: boolean, text: string, gap = 0, pkt = 1): StreamPart => ({ from_orig, pkt, ts: 0, bytes: new TextEncoder().encode(text), gap });

  it('joins what follows on and keeps gaps apart', () => {
    const runs = streamRuns([part(true, 'GET '), part(true, '/'), part(false, '200'), part(false, 'x', 100), part(true, 'y')]);
    expect(runs.map((run) => [run.fromOrig, new TextDecoder().decode(run.bytes), run.gap, run.offset])).toEqual([[true, 'GET /', 0, 0], [false, '200', 0, 0], [false, 'x', 100, 103], [true, 'y', 0, 5]]);
  });

  it('saves each direction as it was sent', () => {
    const parts = [part(true, 'a'), part(false, 'bb'), part(true, 'c')];
    expect(new TextDecoder().decode(directionBytes(parts, true))).toBe('ac');
    expect(new TextDecoder().decode(directionBytes(parts, false))).toBe('bb');
  });

  it('loses no byte between parts and runs', () => {
    fc.assert(fc.property(fc.array(fc.record({ from_orig: fc.boolean(), bytes: fc.uint8Array({ maxLength: 20 }), gap: fc.constantFrom(0, 0, 7) })), (list) => {
      const parts = list.map((one, i): StreamPart => ({ ...one, pkt: i, ts: 0 }));
      for (const side of [true, false]) {
        const joined = streamRuns(parts).filter((run) => run.fromOrig === side).flatMap((run) => [...run.bytes]);
        expect(joined).toEqual([...directionBytes(parts, side)]);
      }
    }));
  });

  it('reads as text without control characters, and as hex with both', () => {
    expect(streamText(new Uint8Array([0x4d, 0x5a, 0, 13, 10, 0x1b, 0x5b]))).toBe('MZ·\n·[');
    expect(streamHex(new TextEncoder().encode('GET / HTTP/1.1\r\nx'))).toBe(
      '000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1··\n000010  78                                                x',
    );
  });
});
