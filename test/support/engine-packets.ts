import { split } from '../../fixtures/generate/craft/pcap';

/** Link type of Ethernet (tcpdump.org/linktypes.html). */
export const LINKTYPE_ETHERNET = 1;

/** Nanoseconds of a crafted frame's time, as the files that hold it say. */
export function nanosecondsOf(time: number): bigint {
  const [seconds, micros] = split(time, 1e6);
  return BigInt(seconds) * 1_000_000_000n + BigInt(micros) * 1000n;
}
