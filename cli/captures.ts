import { createHash } from 'node:crypto';
import { openCaptures, type InnerCapture } from '../web/capture/open';
import { hasSlice, type ByteSource, type Hasher } from '../web/capture/source';
import type { CaptureTables, LogTable } from '../web/logs/table';
import type { LogName } from '../web/engine/schema';
import type { LogFormat } from './arguments';
import { whySilent } from './silence';
import { fromFile, fromStdin } from './source';
import type { Progress } from './progress';

/** Where rows are, as far as it concerns whoever is done with them: ChunkStore is one. */
export interface RowStore {
  /** A sentence when rows could not be put out of memory; '' when all is well. */
  readonly problem: string;
  close(): void;
}

/** Rows that are with other threads (threads/team.ts). */
export interface FarRows {
  /** How many each log has that is written. */
  readonly rows: Readonly<Record<string, number>>;
  /** Link types of the capture's interfaces. */
  readonly links: readonly number[];
  /** Why they are not what one engine would have made, so that the capture has to be read again; '' when they are. */
  readonly again: string;
  /** Writes the logs that have rows into a folder, which is made. @throws Error of node:fs */
  write(folder: string, format: LogFormat): Promise<void>;
}

/** What one capture gave. */
export interface Analysed {
  readonly tables: Map<LogName, LogTable>;
  readonly counters: BigUint64Array;
  readonly outcome: { readonly state: string; readonly message: string; readonly format: string };
  /** Where the rows are; whoever is done with them closes it. */
  readonly store: RowStore;
  /** Given where the rows are with other threads; the tables are empty then. */
  readonly far?: FarRows;
}

export interface AnalyseOptions {
  /** Whether bodies are hashed; true when not given. */
  readonly hashes?: boolean;
  /** Nothing but logs is made of it: rows that no log has need not be there. */
  readonly logsOnly?: boolean;
  /** The capture cannot be read again, or is being read again: what this reading gives is what counts. */
  readonly once?: boolean;
}

/** The engine, put in from outside so that commands can be tested without it. */
export type Analyse = (chunks: AsyncIterable<Uint8Array>, options?: AnalyseOptions) => Promise<Analysed>;

/** One capture with its logs. */
export interface ReadCapture {
  /** Name of the file, or of the zip's entry. */
  readonly name: string;
  /** Name of the file on the command line. */
  readonly file: string;
  /** Which argument it came from, from 0. */
  readonly argument: number;
  /** Bytes of the file; 0 when it cannot be told (standard input). */
  readonly size: number;
  /** Lower-case SHA-256 of the file; of its own bytes when it is one of a zip's captures; '' when nobody asked for it. */
  readonly sha256: string;
  readonly tables: CaptureTables;
  readonly counters: BigUint64Array;
  readonly format: string;
  /** Where the rows are; whoever is done with them closes it. */
  readonly store: RowStore;
  readonly far?: FarRows;
}

export interface CaptureReport {
  /** True when a capture could not be read. */
  failed: boolean;
  /** Sentences for the person, each with the capture's name in front. */
  readonly say: (sentence: string) => void;
  /** Gets the counters of every capture that was read, with its name. */
  readonly counted?: (name: string, counters: BigUint64Array) => void;
}

function sha256(): Hasher {
  const hash = createHash('sha256');
  return { update: (bytes) => { hash.update(bytes); }, hex: () => hash.digest('hex') };
}

/** A clear sentence for what node:fs says. */
function whyNot(path: string, error: unknown): string {
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ENOENT') return `${path}: there is no such file.`;
  if (code === 'EACCES' || code === 'EPERM') return `${path}: it may not be read (permission denied).`;
  return `${path}: ${error instanceof Error ? error.message : String(error)}.`;
}

async function* counted(chunks: AsyncIterable<Uint8Array>, tick: () => void): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of chunks) {
    yield chunk;
    tick();
  }
}

/**
 * Reads captures one after the other; what cannot be read is reported and passed over.
 * @param identify whether each capture's SHA-256 is worked out: logs do not name their capture, and it is half a second a GB
 */
export async function* readCaptures(
  paths: readonly string[], analyse: Analyse, report: CaptureReport, progress: Progress, identify = true,
): AsyncGenerator<ReadCapture, void> {
  for (const [argument, path] of paths.entries()) {
    let source: ByteSource;
    try {
      source = path === '-' ? fromStdin() : await fromFile(path);
    } catch (error) {
      report.failed = true;
      report.say(whyNot(path, error));
      continue;
    }
    const set = openCaptures(source, identify ? { hasher: sha256(), innerHasher: sha256 } : {});
    const done: ReadCapture[] = [];
    const read = async (inner: InnerCapture, once: boolean): Promise<Analysed> => {
      progress.begin(inner.name, inner.bytesTotal);
      const analysed = await analyse(counted(inner.chunks, () => progress.at(inner.bytesRead())), { once });
      progress.end();
      return analysed;
    };
    let place = 0;
    for await (const inner of set) {
      let analysed = await read(inner, !hasSlice(source));
      if (analysed.far && analysed.far.again !== '') {
        analysed.store.close();
        let at = 0;
        for await (const same of openCaptures(await fromFile(path))) {
          if (at++ !== place) continue;
          analysed = await read(same, true);
          break;
        }
      }
      place++;
      const { tables, counters, outcome, store, far } = analysed;
      const reading = inner.outcome();
      const silent = outcome.state === 'failed' ? '' : whySilent(tables, counters, far);
      const messages = [...new Set([outcome.message, reading.message, silent, store.problem])].filter((message) => message !== '');
      for (const message of messages) report.say(`${inner.name}: ${message}`);
      if (outcome.state === 'failed' || reading.state === 'failed') report.failed = true;
      if (outcome.state === 'failed') { store.close(); continue; }
      report.counted?.(inner.name, counters);
      done.push({ name: inner.name, file: source.name, argument, size: source.size ?? 0, sha256: inner.sha256(), tables, counters, format: outcome.format, store, ...(far ? { far } : {}) });
    }
    for (const problem of set.problems()) {
      report.say(problem);
      // What was left out of a zip that had captures is worth a word, but nothing failed.
      if (done.length === 0) report.failed = true;
    }
    const hash = identify && done.some((capture) => capture.sha256 === '') ? await set.sha256() : '';
    for (const capture of done) yield capture.sha256 === '' ? { ...capture, sha256: hash } : capture;
  }
}
