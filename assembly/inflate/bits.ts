import { Stream } from "./state";

/** The input of one run: the next byte, and where it ends. */
@unmanaged
export class Bits {
  at: usize;
  end: usize;
}

/** Puts whole bytes of the input into `hold`, until it has 56 bits at least or the input is used up. */
export function refill(stream: Stream, input: Bits): void {
  let hold = stream.hold;
  let bits = stream.bits;
  let at = input.at;
  const end = input.end;
  while (bits < 56 && at < end) {
    hold |= <u64>load<u8>(at) << <u64>bits;
    bits += 8;
    at++;
  }
  stream.hold = hold;
  stream.bits = bits;
  input.at = at;
}

/** Drops `count` bits that are in `hold`. */
// @ts-ignore: decorator
@inline
export function drop(stream: Stream, count: u32): void {
  stream.hold >>= <u64>count;
  stream.bits -= count;
}
