import fc from 'fast-check';

/** One way to damage a file; places and lengths are taken modulo what there is. */
export type Mutation =
  | { readonly kind: 'byte'; readonly at: number; readonly to: number }
  | { readonly kind: 'word'; readonly at: number; readonly to: number; readonly big: boolean }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'delete'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number }
  | { readonly kind: 'swap'; readonly at: number }
  | { readonly kind: 'random tail'; readonly at: number; readonly seed: number };

const place = fc.oneof({ weight: 1, arbitrary: fc.nat({ max: 64 }) }, { weight: 3, arbitrary: fc.nat({ max: 0xfffff }) });
/** Numbers at which lengths go wrong. */
const extreme = fc.constantFrom(0, 1, 3, 4, 12, 20, 0x7f, 0xff, 0x7fff, 0xffff, 0x3ffff, 0x40001, 0xffffff, 0x1000000, 0x1000001, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff);

export const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('byte' as const), at: place, to: fc.nat({ max: 255 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('word' as const), at: place, to: extreme, big: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut' as const), at: place }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: place, length: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('insert' as const), at: place, bytes: fc.uint8Array({ minLength: 1, maxLength: 60 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.integer({ min: 1, max: 2000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('swap' as const), at: place }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('random tail' as const), at: place, seed: fc.nat() }) },
);

function mutateOnce(file: Buffer, m: Mutation): Buffer {
  if (file.length < 8) return file;
  const at = m.at % file.length;
  const word = Math.min(at, file.length - 4);
  switch (m.kind) {
    case 'byte': file[at] = m.to; return file;
    case 'word': if (m.big) file.writeUInt32BE(m.to, word); else file.writeUInt32LE(m.to, word); return file;
    case 'cut': return file.subarray(0, at);
    case 'delete': return Buffer.concat([file.subarray(0, at), file.subarray(at + m.length)]);
    case 'insert': return Buffer.concat([file.subarray(0, at), m.bytes, file.subarray(at)]);
    case 'repeat': return Buffer.concat([file.subarray(0, at + m.length), file.subarray(at)]);
    case 'swap': file.subarray(word, word + 4).swap32(); return file;
    case 'random tail': {
      let state = m.seed >>> 0;
      for (let i = Math.max(24, at); i < file.length; i++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        file[i] = state >>> 24;
      }
      return file;
    }
  }
}

/** A damaged copy. */
export const mutate = (file: Buffer, mutations: readonly Mutation[]): Buffer => mutations.reduce(mutateOnce, Buffer.from(file));
