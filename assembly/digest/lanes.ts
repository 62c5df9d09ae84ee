// What the digests of eight bodies at once have in common: where the lanes' states, message words and data are.
// Lane l of word w of the state is the u32 at LANE_STATE + w * 32 + l * 4; the lanes 0-3 and 4-7 are a vector each.

/** Bodies hashed at once. */
export const LANES: u32 = 8;

/** Up to eight words of state of every lane. */
export const LANE_STATE: usize = memory.data(256, 64);
/** The sixteen message words of the lanes 0-3, a vector each, then those of the lanes 4-7. */
export const LANE_WORDS: usize = memory.data(512, 64);
/** Where each lane's next block begins. */
export const LANE_DATA: usize = memory.data(32, 16);

/** Four bytes of each word turned round when the digest reads words as big-endian. */
// @ts-ignore: decorator
@inline
function turned(words: v128, bigEndian: bool): v128 {
  return bigEndian ? v128.shuffle<i8>(words, words, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12) : words;
}

/** Four message words of four lanes: the rows of a 4 x 4 matrix become its columns. */
// @ts-ignore: decorator
@inline
function fourWords(to: usize, p0: usize, p1: usize, p2: usize, p3: usize, bigEndian: bool): void {
  const a = turned(v128.load(p0), bigEndian);
  const b = turned(v128.load(p1), bigEndian);
  const c = turned(v128.load(p2), bigEndian);
  const d = turned(v128.load(p3), bigEndian);
  const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<i64>(ab, cd, 0, 2));
  v128.store(to, v128.shuffle<i64>(ab, cd, 1, 3), 16);
  v128.store(to, v128.shuffle<i64>(ab2, cd2, 0, 2), 32);
  v128.store(to, v128.shuffle<i64>(ab2, cd2, 1, 3), 48);
}

/** Puts the sixteen words of every lane's next block into LANE_WORDS. */
// @ts-ignore: decorator
@inline
export function loadWords(bigEndian: bool): void {
  for (let group: usize = 0; group < 2; group++) {
    const to = LANE_WORDS + (group << 8);
    const from = LANE_DATA + (group << 4);
    const p0 = load<usize>(from), p1 = load<usize>(from, 4), p2 = load<usize>(from, 8), p3 = load<usize>(from, 12);
    fourWords(to, p0, p1, p2, p3, bigEndian);
    fourWords(to + 64, p0 + 16, p1 + 16, p2 + 16, p3 + 16, bigEndian);
    fourWords(to + 128, p0 + 32, p1 + 32, p2 + 32, p3 + 32, bigEndian);
    fourWords(to + 192, p0 + 48, p1 + 48, p2 + 48, p3 + 48, bigEndian);
  }
}

/** Every lane goes on by a block. */
// @ts-ignore: decorator
@inline
export function advanceLanes(): void {
  const block = i32x4.splat(64);
  v128.store(LANE_DATA, i32x4.add(v128.load(LANE_DATA), block));
  v128.store(LANE_DATA, i32x4.add(v128.load(LANE_DATA, 16), block), 16);
}
