// Copies of matches (RFC 1951 §3.2.3): what is copied may be what the copy itself has just written.

/**
 * Writes `length` (3-258) bytes to `to` as they stand `distance` before. Up to 31 bytes behind them are overwritten.
 */
// @ts-ignore: decorator
@inline
export function copyMatch(to: usize, distance: u32, length: u32): void {
  let at = to;
  let from = to - <usize>distance;
  const end = to + <usize>length;
  if (distance >= 16) {
    do {
      v128.store(at, v128.load(from));
      at += 16;
      from += 16;
    } while (at < end);
  } else if (distance == 1) {
    const run = i8x16.splat(<i8>load<u8>(from));
    do {
      v128.store(at, run);
      at += 16;
    } while (at < end);
  } else {
    // Eight bytes a step, of which `distance` are right where it is less: the next step puts the others right.
    const step: usize = distance < 8 ? <usize>distance : 8;
    do {
      store<u64>(at, load<u64>(from));
      at += step;
      from += step;
    } while (at < end);
  }
}
