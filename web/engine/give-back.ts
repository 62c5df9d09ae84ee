/**
 * Gives the memory of a buffer back at once; whatever views it have no length from then on. The collector looks at what
 * lies outside of its own heap so seldom that hundreds of MiB of it gather while a capture is read. Where the runtime has
 * no `transfer` (ES2024; Node 20) nothing happens: it is the collector's then.
 */
export function giveBack(buffer: ArrayBuffer): void {
  (buffer as { transfer?: (length: number) => ArrayBuffer }).transfer?.(0);
}
