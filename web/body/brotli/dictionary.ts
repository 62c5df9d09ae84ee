import { Inflate } from '../../decode/inflate';
import { DICTIONARY_BASE64 } from './dictionary-data';

const DICTIONARY_BYTES = 122_784;
/** log2 of how many words of each length there are (RFC 7932 §8, NDBITS); 0 = none. */
const BITS_BY_LENGTH = [0, 0, 0, 0, 10, 10, 11, 11, 10, 10, 10, 10, 10, 9, 9, 8, 7, 7, 8, 7, 7, 6, 6, 5, 5];

let words: Uint8Array | null = null;

function unpack(): Uint8Array {
  const packed = Uint8Array.from(atob(DICTIONARY_BASE64), (c) => c.charCodeAt(0));
  const all = new Uint8Array(DICTIONARY_BYTES);
  let at = 0;
  for (const bytes of new Inflate().push(packed)) {
    all.set(bytes, at);
    at += bytes.length;
  }
  if (at !== DICTIONARY_BYTES) throw new Error('the brotli dictionary of this build is damaged');
  return all;
}

/** Bits of a word's number among those of its length; 0 when there are none of this length. */
export function wordBits(length: number): number {
  return BITS_BY_LENGTH[length] ?? 0;
}

/** Word `index` of those of `length` bytes. */
export function dictionaryWord(length: number, index: number): Uint8Array {
  words ??= unpack();
  let offset = 0;
  for (let i = 4; i < length; i++) offset += i << (BITS_BY_LENGTH[i] ?? 0);
  offset += index * length;
  return words.subarray(offset, offset + length);
}
