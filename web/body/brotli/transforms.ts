// What RFC 7932 Appendix B does to words of the static dictionary.

/** The word as it is; its first letter, or all of it, in upper case. A number n > 0 leaves out the first n bytes, n < 0 the last. */
const KEEP = 0;
const UPPER_FIRST = 100;
const UPPER_ALL = 101;

/** Prefix, operation, suffix (as bytes in Latin-1); the number of the row is the transform's. */
const TRANSFORMS: readonly (readonly [string, number, string])[] = [
  ['', KEEP, ''], ['', KEEP, ' '], [' ', KEEP, ' '], ['', 1, ''], ['', UPPER_FIRST, ' '], ['', KEEP, ' the '],
  [' ', KEEP, ''], ['s ', KEEP, ' '], ['', KEEP, ' of '], ['', UPPER_FIRST, ''], ['', KEEP, ' and '], ['', 2, ''],
  ['', -1, ''], [', ', KEEP, ' '], ['', KEEP, ', '], [' ', UPPER_FIRST, ' '], ['', KEEP, ' in '], ['', KEEP, ' to '],
  ['e ', KEEP, ' '], ['', KEEP, '"'], ['', KEEP, '.'], ['', KEEP, '">'], ['', KEEP, '\n'], ['', -3, ''],
  ['', KEEP, ']'], ['', KEEP, ' for '], ['', 3, ''], ['', -2, ''], ['', KEEP, ' a '], ['', KEEP, ' that '],
  [' ', UPPER_FIRST, ''], ['', KEEP, '. '], ['.', KEEP, ''], [' ', KEEP, ', '], ['', 4, ''], ['', KEEP, ' with '],
  ['', KEEP, '\''], ['', KEEP, ' from '], ['', KEEP, ' by '], ['', 5, ''], ['', 6, ''], [' the ', KEEP, ''],
  ['', -4, ''], ['', KEEP, '. The '], ['', UPPER_ALL, ''], ['', KEEP, ' on '], ['', KEEP, ' as '], ['', KEEP, ' is '],
  ['', -7, ''], ['', -1, 'ing '], ['', KEEP, '\n\t'], ['', KEEP, ':'], [' ', KEEP, '. '], ['', KEEP, 'ed '],
  ['', 9, ''], ['', 7, ''], ['', -6, ''], ['', KEEP, '('], ['', UPPER_FIRST, ', '], ['', -8, ''], ['', KEEP, ' at '],
  ['', KEEP, 'ly '], [' the ', KEEP, ' of '], ['', -5, ''], ['', -9, ''], [' ', UPPER_FIRST, ', '],
  ['', UPPER_FIRST, '"'], ['.', KEEP, '('], ['', UPPER_ALL, ' '], ['', UPPER_FIRST, '">'], ['', KEEP, '="'],
  [' ', KEEP, '.'], ['.com/', KEEP, ''], [' the ', KEEP, ' of the '], ['', UPPER_FIRST, '\''], ['', KEEP, '. This '],
  ['', KEEP, ','], ['.', KEEP, ' '], ['', UPPER_FIRST, '('], ['', UPPER_FIRST, '.'], ['', KEEP, ' not '],
  [' ', KEEP, '="'], ['', KEEP, 'er '], [' ', UPPER_ALL, ' '], ['', KEEP, 'al '], [' ', UPPER_ALL, ''],
  ['', KEEP, '=\''], ['', UPPER_ALL, '"'], ['', UPPER_FIRST, '. '], [' ', KEEP, '('], ['', KEEP, 'ful '],
  [' ', UPPER_FIRST, '. '], ['', KEEP, 'ive '], ['', KEEP, 'less '], ['', UPPER_ALL, '\''], ['', KEEP, 'est '],
  [' ', UPPER_FIRST, '.'], ['', UPPER_ALL, '">'], [' ', KEEP, '=\''], ['', UPPER_FIRST, ','], ['', KEEP, 'ize '],
  ['', UPPER_ALL, '.'], ['\xc2\xa0', KEEP, ''], [' ', KEEP, ','], ['', UPPER_FIRST, '="'], ['', UPPER_ALL, '="'],
  ['', KEEP, 'ous '], ['', UPPER_ALL, ', '], ['', UPPER_FIRST, '=\''], [' ', UPPER_FIRST, ','], [' ', UPPER_ALL, '="'],
  [' ', UPPER_ALL, ', '], ['', UPPER_ALL, ','], ['', UPPER_ALL, '('], ['', UPPER_ALL, '. '], [' ', UPPER_ALL, '.'],
  ['', UPPER_ALL, '=\''], [' ', UPPER_ALL, '. '], [' ', UPPER_FIRST, '="'], [' ', UPPER_ALL, '=\''],
  [' ', UPPER_FIRST, '=\''],
];

export const TRANSFORM_COUNT = TRANSFORMS.length;
/** Longest prefix and suffix together. */
const AFFIX_BYTES = 32;
const WORD_BYTES = 24;
const result = new Uint8Array(AFFIX_BYTES + WORD_BYTES);

/** Upper case of one UTF-8 character as Appendix B has it; answers its length. */
function upper(bytes: Uint8Array, at: number): number {
  const c = bytes[at] ?? 0;
  if (c < 0xc0) {
    if (c >= 97 && c <= 122) bytes[at] = c ^ 32;
    return 1;
  }
  if (c < 0xe0) {
    if (at + 1 < bytes.length) bytes[at + 1] = (bytes[at + 1] ?? 0) ^ 32;
    return 2;
  }
  if (at + 2 < bytes.length) bytes[at + 2] = (bytes[at + 2] ?? 0) ^ 5;
  return 3;
}

/** The word after transform `number` (below TRANSFORM_COUNT); valid until the next call. */
export function transformWord(word: Uint8Array, number: number): Uint8Array {
  const [prefix, operation, suffix] = TRANSFORMS[number] ?? ['', KEEP, ''];
  let at = 0;
  for (let i = 0; i < prefix.length; i++) result[at++] = prefix.charCodeAt(i);
  const begin = at;
  const from = operation > 0 && operation < UPPER_FIRST ? Math.min(operation, word.length) : 0;
  const to = operation < 0 ? Math.max(0, word.length + operation) : word.length;
  result.set(word.subarray(from, to), at);
  at += to - from;
  const middle = result.subarray(begin, at);
  if (operation === UPPER_FIRST && middle.length > 0) upper(middle, 0);
  else if (operation === UPPER_ALL) for (let i = 0; i < middle.length;) i += upper(middle, i);
  for (let i = 0; i < suffix.length; i++) result[at++] = suffix.charCodeAt(i);
  return result.subarray(0, at);
}
