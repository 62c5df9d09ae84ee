import { COUNTER_COUNT } from "../abi/counters";

const TABLE: usize = memory.data(COUNTER_COUNT * 8, 16);

/** Adds to a counter (COUNTER_* of abi/counters.ts). */
// @ts-ignore: decorator
@inline
export function count(counter: u32, by: u64 = 1): void {
  const at = TABLE + (<usize>counter << 3);
  store<u64>(at, load<u64>(at) + by);
}

/** Value of a counter. */
// @ts-ignore: decorator
@inline
export function counted(counter: u32): u64 {
  return load<u64>(TABLE + (<usize>counter << 3));
}

/** Pointer to COUNTER_COUNT u64 values. */
export function counterTable(): usize {
  return TABLE;
}
