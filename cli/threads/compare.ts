import { MAX_WEIRD_ROWS } from '../../assembly/abi/columns';
import type { ShareEnd } from './messages';

/** What is asked of the shares where flows were met that have their home elsewhere; answers in the order of the shares. */
export interface Asking {
  /** Keys of these flows. */
  strays(): Promise<readonly Float64Array[]>;
  /** Whether any share met one of its keys at home. */
  met(keys: readonly Float64Array[]): Promise<boolean>;
}

/** Why the rows of the shares, put together, might not be those of one engine; '' when they are. */
export async function whyAgain(ends: readonly ShareEnd[], asking: Asking): Promise<string> {
  if (ends.some((end) => !end.sound && end.outcome.state === 'failed')) return 'an engine stopped';
  if (ends.some((end) => end.partReached)) return 'a cap was reached';
  // Out of order of time it cannot be told which rows of a weird one engine would have written before it stopped.
  for (let weird = 0; weird < 256 && ends.some((end) => !end.ordered); weird++) {
    if (ends.reduce((sum, end) => sum + (end.weirds[weird] ?? 0), 0) > MAX_WEIRD_ROWS) return 'a weird has more rows than are kept';
  }
  const places = new Map<string, number>();
  for (const [share, { late }] of ends.entries()) {
    for (const place of late) {
      if ((places.get(place) ?? share) !== share) return 'the order of two weirds cannot be told';
      places.set(place, share);
    }
  }
  for (const [share, { fragments: { strays } }] of ends.entries()) {
    if (strays.length === 0) continue;
    const elsewhere = new Set(ends.flatMap(({ fragments }, at) => (at === share ? [] : [...fragments.home, ...fragments.strays])));
    if (strays.some((key) => elsewhere.has(key))) return 'fragments between the same addresses in a tunnel and outside';
  }
  if (ends.every((end) => end.strayFlows === 0)) return '';
  const owners = new Map<number, number>();
  for (const [share, keys] of (await asking.strays()).entries()) {
    for (const key of keys) {
      if ((owners.get(key) ?? share) !== share) return 'a flow was met in tunnels of two shares';
      owners.set(key, share);
    }
  }
  const keys = ends.map((_, share) => Float64Array.from([...owners].filter(([, at]) => at !== share).map(([key]) => key)));
  return (await asking.met(keys)) ? 'a flow was met in a tunnel and outside' : '';
}
