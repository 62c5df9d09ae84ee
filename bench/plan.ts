import { parseArgs } from 'node:util';
import { bytesFrom, type Wanted } from './captures';
import { TRAFFIC, type Traffic } from './generate/index';
import { capsift } from './sides/capsift';
import { chromium } from './sides/chromium';
import { reading } from './sides/reading';
import type { Side } from './sides/side';
import { suricata, SURICATA_WAYS } from './sides/suricata';
import { tshark } from './sides/tshark';
import { wiregasm } from './sides/wiregasm';
import { zeek } from './sides/zeek';

const M = 2 ** 20;
const G = 2 ** 30;

/** What `npm run bench` is asked for. */
export interface Request {
  readonly runs: number;
  readonly quick: boolean;
  readonly large: boolean;
  readonly strict: boolean;
  /** Words of which one must be in a capture's name; none = all. */
  readonly captures: readonly string[];
  /** Words of which one must be in a side's name; none = all. */
  readonly sides: readonly string[];
  /** Only makes a capture. */
  readonly make: { readonly traffic: Traffic; readonly bytes: number; readonly out: string } | null;
  /** Only uses the page while it reads this capture (the mixed one when ''); null = no. */
  readonly load: string | null;
  /** Only pours floods into the command line and the page. */
  readonly floods: boolean;
  readonly help: boolean;
}

export const USAGE = `npm run bench -- [options]
  --quick            small captures, one run each: to see that it works
  --large            also the mixed capture of 10 GiB (made, measured, taken away again)
  --runs N           rounds (default: 3, with --quick 1)
  --captures A,B     only captures with one of these in their name: ${Object.keys(TRAFFIC).join(', ')}, mixed-100M, …
  --sides A,B        only sides with one of these in their name: node, chromium, suricata, tshark, …
  --only A,B         both: captures that match, or all of them, and sides that match, or all of them
  --strict           ends with 1 also when a target is missed, not only when counts disagree
  --load [CAPTURE]   only uses the page while it reads a capture (default: the mixed one) and tells what a person would notice
  --floods           only pours floods into the command line and the page, and tells their memory; with --large also
                     the mixed capture of 10 GiB into the page
  --make TRAFFIC --size 1G --out FILE   only makes a capture by the project's own generator
`;

/** Reads the arguments. @throws Error with one sentence */
export function requestFrom(argv: readonly string[]): Request {
  const { values, positionals } = parseArgs({
    args: [...argv], strict: true, allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false }, large: { type: 'boolean', default: false }, strict: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false },
      runs: { type: 'string' }, captures: { type: 'string' }, sides: { type: 'string' }, only: { type: 'string' }, make: { type: 'string' }, load: { type: 'boolean', default: false }, floods: { type: 'boolean', default: false }, size: { type: 'string' }, out: { type: 'string' },
    },
  });
  const runs = values.runs === undefined ? (values.quick ? 1 : 3) : Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > 100) throw new Error('--runs is a whole number from 1 to 100.');
  const words = (text: string | undefined): string[] => (text ?? '').split(',').map((word) => word.trim().toLowerCase()).filter((word) => word !== '');
  const only = words(values.only);
  const isCapture = (word: string): boolean => Object.keys(TRAFFIC).some((traffic) => traffic.includes(word)) || /^mixed-\d/.test(word);
  if (positionals.length > (values.load ? 1 : 0)) throw new Error(`What is "${positionals.at(-1)}"?`);
  let make: Request['make'] = null;
  if (values.make !== undefined) {
    if (!(values.make in TRAFFIC)) throw new Error(`--make is one of ${Object.keys(TRAFFIC).join(', ')}.`);
    const bytes = bytesFrom(values.size ?? '');
    if (!(bytes > 0) || !values.out) throw new Error('--make needs --size (as 100M, 1G) and --out FILE.');
    make = { traffic: values.make as Traffic, bytes, out: values.out };
  }
  return {
    runs, quick: values.quick, large: values.large, strict: values.strict, help: values.help, floods: values.floods, make, load: values.load ? positionals[0] ?? '' : null,
    captures: [...words(values.captures), ...only.filter(isCapture)], sides: [...words(values.sides), ...only.filter((word) => !isCapture(word))],
  };
}

const matches = (name: string, words: readonly string[]): boolean => words.length === 0 || words.some((word) => name.toLowerCase().includes(word));

/** A capture and who is measured on it. */
export interface Heat extends Wanted { readonly sides: readonly Side[]; readonly runs: number; readonly takeAway: boolean }

/** What is measured: captures from the quickest to the slowest, each with its sides in the order in which they take turns. */
export function plan(request: Request, help: string): Heat[] {
  const { quick, runs } = request;
  const ours = [capsift(help, 1), capsift(help, null), chromium()];
  const peers = [suricata(SURICATA_WAYS.default), zeek(), tshark()];
  const size = (full: number): number => (quick ? full / 20 - (full / 20) % M : full);
  const all: Omit<Heat, 'takeAway'>[] = [
    { name: 'mixed', traffic: 'mixed', bytes: size(G), runs, sides: [reading(), ...ours, suricata(SURICATA_WAYS.default), zeek(), tshark(), wiregasm()] },
    { name: 'mixed-100M', traffic: 'mixed', bytes: size(100 * M), runs, sides: [reading(), ...ours] },
    {
      name: 'downloads', traffic: 'downloads', bytes: size(600 * M), runs,
      // Without tshark: it puts bodies of many megabytes together segment by segment and needs minutes.
      sides: [reading(), ...ours, capsift(help, 1, false), suricata(SURICATA_WAYS.hashes), suricata(SURICATA_WAYS.whole), suricata(SURICATA_WAYS.default), zeek()],
    },
    { name: 'short-flows', traffic: 'short-flows', bytes: size(300 * M), runs, sides: [reading(), ...ours, ...peers] },
    { name: 'dns', traffic: 'dns', bytes: size(200 * M), runs, sides: [reading(), ...ours, ...peers] },
    { name: 'elephant', traffic: 'elephant', bytes: size(600 * M), runs, sides: [reading(), ...ours, ...peers] },
    // One round: it differs by less than the short ones, and takes minutes.
    ...(request.large ? [{ name: 'mixed-10G', traffic: 'mixed' as const, bytes: size(10 * G), runs: 1, sides: [reading(), ...ours] }] : []),
  ];
  return all.filter(({ name }) => matches(name, request.captures))
    .map((heat) => ({ ...heat, takeAway: heat.bytes > 2 * G, sides: heat.sides.filter(({ name }) => matches(name, request.sides)) }))
    .filter(({ sides }) => sides.length > 0);
}
