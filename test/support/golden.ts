import { CAP_WORDS, COVERAGE_WORDS } from '../../web/engine/coverage';
import { WRITTEN_LOGS } from '../../web/logs/fields';
import { analyse } from '../../cli/analyse';
import { NO_PROGRESS } from '../../cli/progress';
import { readCaptures, type ReadCapture } from '../../cli/captures';
import { zeekJson } from './zeek-text';

type Fields = Readonly<Record<string, unknown>>;

export interface Read { readonly captures: readonly ReadCapture[]; readonly said: readonly string[] }

/** Reads one file as the command line does. */
export async function readFile(path: string): Promise<Read> {
  const said: string[] = [];
  const captures: ReadCapture[] = [];
  for await (const capture of readCaptures([path], analyse, { failed: false, say: (sentence) => said.push(sentence) }, NO_PROGRESS)) captures.push(capture);
  return { captures, said };
}

/** The rows of a log as objects with Zeek's names. */
export function rowsOf(capture: ReadCapture, log: (typeof WRITTEN_LOGS)[number]): Fields[] {
  const text = Buffer.concat(zeekJson(log, capture.tables)).toString('utf8');
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Fields);
}

const HEAD = new Set(['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p']);

/** Names of flows and files are hashes; readable ones in order of appearance, so that a change shows once. */
class Short {
  private readonly seen = new Map<string, string>();
  of(text: string): string {
    return text.replace(/(?<![\w+/:])[CF][0-9A-Za-z]{12,18}(?![\w+/=])/g, (id) => {
      let short = this.seen.get(id);
      if (short === undefined) this.seen.set(id, short = `${id.slice(0, 1)}${this.seen.size + 1}`);
      return short;
    });
  }
}

const value = (v: unknown): string => (typeof v === 'string' ? (/^[^\s"=,[\]]+$/.test(v) ? v : JSON.stringify(v)) : JSON.stringify(v));
const endpoint = (host: unknown, port: unknown): string => (String(host).includes(':') ? `[${String(host)}]:${String(port)}` : `${String(host)}:${String(port)}`);

function line(row: Fields): string {
  const time = typeof row['ts'] === 'number' ? row['ts'].toFixed(6) : '-';
  const ends = row['id.orig_h'] === undefined ? '' : ` ${endpoint(row['id.orig_h'], row['id.orig_p'])} > ${endpoint(row['id.resp_h'], row['id.resp_p'])}`;
  const rest = Object.entries(row).filter(([name]) => !HEAD.has(name)).map(([name, v]) => `${name}=${value(v)}`);
  return `  ${time}${row['uid'] === undefined ? '' : ` ${String(row['uid'])}`}${ends}\n    ${rest.join(' ')}`;
}

/** What a file gave, as text that a person can review: sentences, coverage, and every log. */
export function golden({ captures, said }: Read): string {
  const out: string[] = said.map((sentence) => `says: ${sentence}`);
  for (const capture of captures) {
    const short = new Short();
    out.push(`capture: ${capture.name} (${capture.format})`);
    const figure = (n: number): string => (n < 0 ? '' : String(capture.counters[n] ?? 0n));
    for (const { label, packets, bytes } of [...COVERAGE_WORDS, ...CAP_WORDS]) {
      const figures = [figure(packets), figure(bytes) === '' ? '' : `${figure(bytes)} bytes`].filter((text) => text !== '');
      if (figures.some((text) => !/^0\b/.test(text))) out.push(`${label}: ${figures.join(', ')}`);
    }
    for (const log of WRITTEN_LOGS) {
      const rows = rowsOf(capture, log);
      if (rows.length > 0) out.push('', log, ...rows.map((row) => short.of(line(row))));
    }
  }
  return `${out.join('\n')}\n`;
}
