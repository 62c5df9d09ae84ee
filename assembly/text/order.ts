// Which rows come when, and where they lie: row numbers by time and packet, and rows of a table as rows of its chunks.

const DIGITS: u32 = 0x10000;
const SIGN: u64 = 0x8000000000000000;

/** Whether rows are in ascending order of their times as they are listed. */
function inTime(rows: usize, count: u32, times: usize): bool {
  let last = i64.MIN_VALUE;
  for (let i: u32 = 0; i < count; i++) {
    const time = load<i64>(times + (<usize>load<u32>(rows + (<usize>i << 2)) << 3));
    if (time < last) return false;
    last = time;
  }
  return true;
}

/**
 * Sorts row numbers by 16 bits of their keys, stable: those at `shift` of the word at `keys` + (row << `strideBits`).
 * @param counts room for DIGITS words
 * @returns where the result is: `to`, or `from` where all rows share the digit
 */
function pass(from: usize, to: usize, count: u32, keys: usize, strideBits: u32, shift: u32, counts: usize): usize {
  memory.fill(counts, 0, DIGITS << 2);
  for (let i: u32 = 0; i < count; i++) {
    const digit = (load<u32>(keys + (<usize>i << strideBits)) >>> shift) & (DIGITS - 1);
    const slot = counts + (<usize>digit << 2);
    store<u32>(slot, load<u32>(slot) + 1);
  }
  let sum: u32 = 0;
  for (let d: u32 = 0; d < DIGITS; d++) {
    const slot = counts + (<usize>d << 2);
    const n = load<u32>(slot);
    if (n == count) return from;
    store<u32>(slot, sum);
    sum += n;
  }
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(from + (<usize>i << 2));
    const digit = (load<u32>(keys + (<usize>row << strideBits)) >>> shift) & (DIGITS - 1);
    const slot = counts + (<usize>digit << 2);
    const place = load<u32>(slot);
    store<u32>(to + (<usize>place << 2), row);
    store<u32>(slot, place + 1);
  }
  return to;
}

/**
 * Puts rows 0 … `count` − 1 in ascending order of time, then packet, then number.
 * @param times i64 a row
 * @param packets u32 a row
 * @param rows, scratch room for `count` words each
 * @param counts room for DIGITS words
 * @returns where the row numbers are: `rows` or `scratch`
 */
export function textOrder(times: usize, packets: usize, count: u32, rows: usize, scratch: usize, counts: usize): usize {
  let ascending = true;
  for (let i: u32 = 0, last: u32 = 0; i < count; i++) {
    const packet = load<u32>(packets + (<usize>i << 2));
    ascending = ascending && packet >= last;
    last = packet;
    store<u32>(rows + (<usize>i << 2), i);
  }
  let from = rows;
  let to = scratch;
  if (!ascending) {
    for (let shift: u32 = 0; shift < 32; shift += 16) {
      const sorted = pass(from, to, count, packets, 2, shift, counts);
      if (sorted == to) { to = from; from = sorted; }
    }
  }
  // In the order of the packets a capture is nearly always in that of time, too.
  if (inTime(from, count, times)) return from;
  // As unsigned, negative times come first when their sign is flipped.
  for (let i: u32 = 0; i < count; i++) store<u64>(times + (<usize>i << 3), load<u64>(times + (<usize>i << 3)) ^ SIGN);
  for (let word: u32 = 0; word < 8; word += 4) {
    for (let shift: u32 = 0; shift < 32; shift += 16) {
      const sorted = pass(from, to, count, times + word, 3, shift, counts);
      if (sorted == to) { to = from; from = sorted; }
    }
  }
  return from;
}

/**
 * Lays rows down for `textRows`, from the `from`th of `count` on: as pairs of the pointer to their chunk and the row in it.
 * @param rows row numbers of the table
 * @param starts first row of each of `chunks` chunks, then the number of all rows
 * @param handles pointer to each chunk; 0 = it is not there
 * @returns the first that could not be laid down, as its chunk is not there or the table has no such row; `count` when all were
 */
export function textLay(rows: usize, from: u32, count: u32, starts: usize, handles: usize, chunks: u32, pairs: usize): u32 {
  let first: u32 = 0;
  let end: u32 = 0;
  let handle: u32 = 0;
  const all = load<u32>(starts + (<usize>chunks << 2));
  for (let i = from; i < count; i++) {
    const row = load<u32>(rows + (<usize>i << 2));
    if (row - first >= end - first) {
      if (row >= all) return i;
      let low: u32 = 0;
      let high = chunks;
      while (high - low > 1) {
        const middle = (low + high) >>> 1;
        if (load<u32>(starts + (<usize>middle << 2)) <= row) low = middle;
        else high = middle;
      }
      handle = load<u32>(handles + (<usize>low << 2));
      if (handle == 0) return i;
      first = load<u32>(starts + (<usize>low << 2));
      end = load<u32>(starts + (<usize>low << 2), 4);
    }
    const pair = pairs + (<usize>i << 3);
    store<u32>(pair, handle);
    store<u32>(pair, row - first, 4);
  }
  return count;
}
