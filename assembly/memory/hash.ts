/** One round of Degski's 64-bit mix: every bit of `v` reaches many of the result's, for tables and for dealing flows out. */
// @ts-ignore: decorator
@inline
export function mix(v: u64): u64 {
  let h = v;
  h ^= h >> 32;
  h *= 0xd6e8feb86659fd93;
  h ^= h >> 32;
  return h;
}
