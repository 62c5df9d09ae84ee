// The cases of `npm run fuzz`: decided by the run's seed and their number alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { smallCaptures } from '../support/captures-small';
import { mutated } from './mutate';
import { readPackets, type Packet } from './packets';
import { Random } from './random';

export const FIXTURES = 'fixtures/captures';
/** Seeds of more packets are read to here. */
const MAX_SEED_PACKETS = 3000;

/** What cases are made from: the fixtures' packets. */
export function seeds(): Packet[][] {
  const files = readdirSync(FIXTURES).sort().filter((name) => /\.(pcap|pcapng)(\.gz)?$/.test(name)).map((name) => readFileSync(join(FIXTURES, name)));
  return [...files, ...smallCaptures().map(([, capture]) => capture)].map((file) => readPackets(file).slice(0, MAX_SEED_PACKETS)).filter((packets) => packets.length > 0);
}

export interface Case {
  readonly file: Buffer;
  /** Sizes of the pieces in which it is read the second time, and the seed of the flow table then. */
  readonly pieces: readonly number[];
  readonly flowSeed: number;
}

/** Case `number` of the run with this seed. */
export function caseOf(all: readonly Packet[][], seed: number, number: number): Case {
  const random = new Random(Math.imul(seed, 0x01000193) ^ number);
  const file = mutated(random, random.pick(all), random.pick(all));
  return { file, pieces: Array.from({ length: 1 + random.below(4) }, () => 1 + random.below(random.pick([16, 200, 5000]))), flowSeed: random.chance(1, 2) ? 1 : random.word() };
}
