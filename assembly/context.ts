// What is being looked at right now: set by the framing before a packet goes down the layers, read by everything below.

/** Timestamp of the packet in nanoseconds since the Unix epoch. */
export let packetTime: i64 = 0;
/** Number of the packet, from 1 through all sections and interfaces. */
export let packetNumber: u32 = 0;
/** The largest timestamp so far: the clock by which flows expire. */
export let clock: i64 = 0;

/** Sets the packet that everything below speaks of. */
export function setPacket(time: i64, number: u32): void {
  packetTime = time;
  packetNumber = number;
  if (time > clock) clock = time;
}

/** Forgets everything, for the next capture in the same instance. */
export function resetContext(): void {
  packetTime = 0;
  packetNumber = 0;
  clock = i64.MIN_VALUE;
}
