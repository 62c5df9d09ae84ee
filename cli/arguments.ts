import { parseArgs } from 'node:util';

export type LogFormat = 'json' | 'tsv';
export type IndicatorFormat = 'table' | 'json' | 'csv' | 'text';
export type TlpName = 'clear' | 'green' | 'amber' | 'amber+strict' | 'red';

/** What the command line asks for. `captures` are paths; `-` is standard input. */
export type Command =
  | {
    readonly name: 'logs'; readonly captures: readonly string[]; readonly format: LogFormat; readonly out: string;
    /** Whether bodies are hashed. */
    readonly hashes: boolean;
    /** Whether what was read and what was not is told. */
    readonly coverage: boolean;
    /** How many threads share the work; null = nobody said. */
    readonly threads: number | null;
  }
  | { readonly name: 'indicators'; readonly captures: readonly string[]; readonly format: IndicatorFormat }
  | { readonly name: 'bundle'; readonly captures: readonly string[]; readonly out: string; readonly tlp: TlpName }
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  /** Wrong usage: one sentence that says what is wrong and what to do. */
  | { readonly name: 'usage'; readonly problem: string };

const LOG_FORMATS: readonly LogFormat[] = ['json', 'tsv'];
const INDICATOR_FORMATS: readonly IndicatorFormat[] = ['table', 'json', 'csv', 'text'];
const TLPS: readonly TlpName[] = ['clear', 'green', 'amber', 'amber+strict', 'red'];

/** Options of each command that are there or not. */
const SWITCHES: Readonly<Record<'logs' | 'indicators' | 'bundle', readonly string[]>> = { logs: ['no-hash', 'coverage'], indicators: [], bundle: [] };

/** Options of each command that have a value, without `help`, which all have. */
const OPTIONS: Readonly<Record<'logs' | 'indicators' | 'bundle', readonly string[]>> = {
  logs: ['format', 'out', 'threads'], indicators: ['format'], bundle: ['out', 'tlp'],
};

const usage = (problem: string): Command => ({ name: 'usage', problem });
const isOneOf = <T extends string>(list: readonly T[], text: string): text is T => (list as readonly string[]).includes(text);

/** Reads the arguments after the program's name. Never throws. */
export function parseArguments(argv: readonly string[]): Command {
  const [command = '', ...rest] = argv;
  if (command === '' ) return usage('Say what to do: capsift logs, capsift indicators or capsift bundle.');
  if (command === '--help' || command === '-h' || command === 'help') return { name: 'help' };
  if (command === '--version' || command === '-V' || command === 'version') return { name: 'version' };
  if (command !== 'logs' && command !== 'indicators' && command !== 'bundle') {
    return usage(`There is no command "${command}": use logs, indicators or bundle.`);
  }
  let values: Readonly<Record<string, string | boolean | undefined>>;
  let captures: string[];
  try {
    const parsed = parseArgs({
      args: rest, allowPositionals: true, strict: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        ...Object.fromEntries(OPTIONS[command].map((name) => [name, { type: 'string' as const }])),
        ...Object.fromEntries(SWITCHES[command].map((name) => [name, { type: 'boolean' as const }])),
      },
    });
    values = parsed.values;
    captures = parsed.positionals;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return usage(`${(text.split('. ')[0] ?? text).replace(/\.$/, '')}.`);
  }
  if (values.help === true) return { name: 'help' };
  if (captures.length === 0) return usage(`Name at least one capture: capsift ${command} CAPTURE… ("-" is standard input).`);
  if (captures.filter((path) => path === '-').length > 1) return usage('Standard input ("-") can be read only once.');
  const text = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);

  if (command === 'logs') {
    const format = text('format') ?? 'json';
    if (!isOneOf(LOG_FORMATS, format)) return usage(`--format is json or tsv, not "${format}".`);
    const out = text('out') ?? '.';
    if (out === '') return usage('--out needs the name of a folder.');
    const threads = text('threads');
    if (threads !== undefined && !/^[1-9][0-9]?$/.test(threads)) return usage(`--threads is a number from 1 to 99, not "${threads}".`);
    return {
      name: 'logs', captures, format, out, hashes: values['no-hash'] !== true, coverage: values.coverage === true,
      threads: threads === undefined ? null : Number(threads),
    };
  }
  if (command === 'indicators') {
    const format = text('format') ?? 'table';
    if (!isOneOf(INDICATOR_FORMATS, format)) return usage(`--format is table, json, csv or text, not "${format}".`);
    return { name: 'indicators', captures, format };
  }
  const out = text('out') ?? '';
  if (out === '') return usage('Say where the bundle goes: --out FILE.');
  const tlp = (text('tlp') ?? 'amber').toLowerCase().replace(/^tlp:/, '');
  if (!isOneOf(TLPS, tlp)) return usage(`--tlp is clear, green, amber, amber+strict or red, not "${tlp}".`);
  return { name: 'bundle', captures, out, tlp };
}

export const HELP = `capsift: from packet captures to indicators of compromise with evidence

  capsift logs CAPTURE… [--format json|tsv] [--out DIR] [--threads N] [--no-hash] [--coverage]
      One file a log (conn.log, dns.log, http.log, …) in Zeek's JSON (default) or TSV, in DIR (default: here).
      With several captures each gets a folder of its name under DIR. N threads share the work (default: 1); the
      logs are the same for any N.
      --no-hash leaves the digests of files out. --coverage tells on standard error, as one line of JSON a capture, how
      much was read, what was not, and which caps tripped.

  capsift indicators CAPTURE… [--format table|json|csv|text]
      Indicators of compromise, best first. Values are plain, except in text, where they are defanged.

  capsift bundle CAPTURE… --out FILE [--tlp clear|green|amber|amber+strict|red]
      A STIX 2.1 bundle of the indicators with their sightings (default: amber).

  capsift --help, capsift --version

A capture is a pcap or pcapng file, plain, gzip- or zstd-compressed, or in a zip; "-" is standard input.
Exit status: 0 done, 1 a capture could not be read (the others are still done), 2 wrong usage.
`;
