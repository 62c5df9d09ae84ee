import { peak, rate, readingShare, type Row } from './report';

/** Rows of the captures that were measured, by the captures' names. */
export type Results = ReadonlyMap<string, readonly Row[]>;

export interface Verdict {
  readonly target: string;
  /** The figure, in words. */
  readonly figure: string;
  /** Null when a side or a capture that it needs did not take part. */
  readonly held: boolean | null;
}

export const ONE = 'capsift, Node, one thread';
export const ALL = 'capsift, Node, all threads';
export const ONE_BARE = 'capsift, Node, one thread, no hashes';
export const PAGE = 'capsift, Chromium';
const MIB = 2 ** 20;

/** What is to be reached (all on two cores), with what was. */
export function verdicts(results: Results): Verdict[] {
  const row = (capture: string, side: string): Row | undefined => results.get(capture)?.find((one) => one.side === side);
  const list: Verdict[] = [];
  const atLeast = (target: string, least: number, value: number | undefined, words: (value: number) => string): void => {
    const known = value !== undefined && !Number.isNaN(value);
    list.push({ target, figure: known ? words(value) : 'not measured in this run', held: known ? value >= least : null });
  };
  const times = (value: number): string => `${value.toFixed(2)} ×`;
  const percent = (value: number): string => `${(value * 100).toFixed(0)} %`;
  const ratio = (a: Row | undefined, b: Row | undefined): number | undefined => (a && b ? rate(a) / rate(b) : undefined);
  const share = (a: Row | undefined): number | undefined => (a ? readingShare(a) : undefined);

  atLeast('mixed, Node, one thread: at least 3 × Suricata', 3, ratio(row('mixed', ONE), row('mixed', 'Suricata')), times);
  atLeast('downloads, Node, one thread, hashes on both sides: at least Suricata', 1, ratio(row('downloads', ONE), row('downloads', 'Suricata, whole streams, hashes')), times);
  atLeast('downloads, Node, one thread, no hashes on both sides: at least Suricata', 1, ratio(row('downloads', ONE_BARE), row('downloads', 'Suricata, whole streams')), times);
  atLeast('mixed, Node, all threads: at least 1.6 × one thread', 1.6, ratio(row('mixed', ALL), row('mixed', ONE)), times);
  atLeast('mixed, Chromium: at least 50 % of reading', 0.5, share(row('mixed', PAGE)), percent);
  atLeast('downloads, Chromium: at least 70 % of reading', 0.7, share(row('downloads', PAGE)), percent);
  atLeast('mixed, Chromium: at least 8 × tshark', 8, ratio(row('mixed', PAGE), row('mixed', 'tshark')), times);
  atLeast('mixed, Chromium: at least 100 × wiregasm', 100, ratio(row('mixed', PAGE), row('mixed', 'wiregasm')), times);

  for (const side of [ONE, PAGE]) {
    const sizes = [...results].filter(([name]) => name === 'mixed' || name.startsWith('mixed-')).flatMap(([, rows]) => rows.filter((one) => one.side === side));
    const costs = sizes.map((one) => 1 / rate(one));
    const apart = Math.max(...costs) / Math.min(...costs) - 1;
    list.push({
      target: `mixed, cost per byte at ${sizes.map(({ bytes }) => `${(bytes / MIB).toFixed(0)} MiB`).join(', ') || 'all sizes'}: within 15 % (${side})`,
      figure: sizes.length > 1 ? `${costs.map((cost) => `${(cost * 1000).toFixed(2)} ns/B`).join(', ')}: ${percent(apart)} apart` : 'not measured in this run',
      held: sizes.length > 1 ? apart <= 0.15 : null,
    });
  }
  const memory = (side: (name: string) => boolean, limit: number, target: string): void => {
    const found = [...results].flatMap(([capture, rows]) => rows.filter((one) => side(one.side)).map((one) => ({ capture, bytes: peak(one) }))).filter(({ bytes }) => !Number.isNaN(bytes));
    const most = found.reduce((a, b) => (b.bytes > a.bytes ? b : a), { capture: '', bytes: 0 });
    list.push({ target, figure: found.length > 0 ? `${(most.bytes / MIB).toFixed(0)} MiB (${most.capture})` : 'not measured in this run', held: found.length > 0 ? most.bytes <= limit : null });
  };
  memory((name) => name.startsWith('capsift, Node'), 1024 * MIB, 'memory, Node: at most 1 GiB on every capture');
  memory((name) => name === PAGE, 1536 * MIB, 'memory, Chromium: at most 1.5 GiB on every capture');
  return list;
}
