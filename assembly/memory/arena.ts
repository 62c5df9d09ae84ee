// Memory that is taken once and never given back: pools and chunk buffers are carved from it. It begins where the
// runtime's own pages end (the stub runtime allocates nothing after start-up).

const GROW_PAGES: i32 = 16; // 1 MiB at a time

let next: usize = 0;
let end: usize = 0;

/**
 * Takes `size` zeroed bytes, aligned to 16. Returns 0 when the memory cannot grow (the host's limit, 4 GiB).
 */
export function reserve(size: usize): usize {
  if (next == 0) {
    next = (<usize>memory.size()) << 16;
    end = next;
  }
  const wanted = (size + 15) & ~15;
  if (next + wanted > end) {
    const missing = next + wanted - end;
    let pages = <i32>((missing + 0xffff) >> 16);
    if (pages < GROW_PAGES) pages = GROW_PAGES;
    if (memory.grow(pages) < 0) return 0;
    end += (<usize>pages) << 16;
  }
  const at = next;
  next += wanted;
  return at;
}
