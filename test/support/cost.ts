import { Engine } from '../../web/engine/instance';
import { engineModule } from './engine';

/** Processor time of this process that `run` takes, in milliseconds: other processes do not count. */
function once(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * How much more four times the input costs, least of several measurements each. Linear cost gives 4, quadratic 16.
 * @param make what runs over an input of `n` parts; the making of the input is not measured
 */
export function growth(make: (n: number) => () => void, n: number): number {
  const least = (run: () => void): number => Math.min(...Array.from({ length: 4 }, () => once(run)));
  const small = make(n);
  const large = make(4 * n);
  small();
  // What a measurement of a few milliseconds says is the clock's and the collector's doing.
  return least(large) / Math.max(least(small), 5);
}

/** `growth` of what takes its time in promises. */
export async function growthAwaited(make: (n: number) => () => Promise<void>, n: number): Promise<number> {
  const least = async (run: () => Promise<void>): Promise<number> => {
    let best = Infinity;
    for (let i = 0; i < 4; i++) {
      const before = process.cpuUsage();
      await run();
      const { user, system } = process.cpuUsage(before);
      best = Math.min(best, (user + system) / 1000);
    }
    return best;
  };
  const small = make(n);
  const large = make(4 * n);
  await small();
  return await least(large) / Math.max(await least(small), 5);
}

const engine = new Engine(engineModule(), { chunk: () => undefined, body: () => undefined });

/** Reads a capture and drops the rows; the counters. */
export function readThrough(capture: Uint8Array): readonly bigint[] {
  engine.begin(0x5bd1e995);
  for (let at = 0; at < capture.length; at += 1 << 20) engine.push(capture.subarray(at, at + (1 << 20)));
  engine.finish();
  return [...engine.counters()];
}
