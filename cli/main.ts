import { HELP, parseArguments, type Command } from './arguments';
import { readCaptures, type Analyse, type CaptureReport, type ReadCapture } from './captures';
import { coverageLine } from './coverage';
import { writeAllLogs } from './logs';
import { NO_PROGRESS, terminalProgress, type Progress } from './progress';

export const EXIT_DONE = 0;
export const EXIT_UNREADABLE = 1;
export const EXIT_USAGE = 2;

/** What the commands print on and run with; a test puts its own in. */
export interface Host {
  readonly analyse: Analyse;
  /** The engine's module, which writes the logs. */
  readonly engine: () => Promise<WebAssembly.Module>;
  /**
   * Threads that analyse captures for logs, which are written by `far` of what comes; null = there are none.
   * @param threads how many; null = nobody said
   */
  readonly team?: (threads: number | null) => { readonly analyse: Analyse; end(): Promise<void> } | null;
  readonly version: string;
  /** Plain text of the indicators of a case in the format asked for. */
  readonly indicators: (captures: readonly ReadCapture[], format: 'table' | 'json' | 'csv' | 'text') => string | Promise<string>;
  /** Writes a bundle of a case; the text is a STIX 2.1 bundle. */
  readonly bundle: (captures: readonly ReadCapture[], tlp: Extract<Command, { name: 'bundle' }>['tlp']) => string | Promise<string>;
  readonly writeFile: (path: string, text: string) => void;
  readonly stdout: (text: string) => void | Promise<void>;
  readonly stderr: (text: string) => void;
  /** Width of the terminal that stderr is; null when it is none. */
  readonly terminal: number | null;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Runs the command line. @returns the exit status */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const command = parseArguments(argv);
  if (command.name === 'help') { await host.stdout(HELP); return EXIT_DONE; }
  if (command.name === 'version') { await host.stdout(`${host.version}\n`); return EXIT_DONE; }
  if (command.name === 'usage') {
    host.stderr(`capsift: ${command.problem}\nSee capsift --help.\n`);
    return EXIT_USAGE;
  }
  const progress: Progress = host.terminal === null ? NO_PROGRESS : terminalProgress(host.stderr, host.terminal);
  const report: CaptureReport = {
    failed: false,
    say: (sentence) => { progress.end(); host.stderr(`capsift: ${sentence}\n`); },
    counted: (name, counters) => { if (command.name === 'logs' && command.coverage) host.stderr(coverageLine(name, counters)); },
  };
  const team = command.name === 'logs' ? host.team?.(command.threads) ?? null : null;
  const by = team?.analyse ?? host.analyse;
  const analyse: Analyse = command.name === 'logs' ? (chunks, options) => by(chunks, { ...options, hashes: command.hashes, logsOnly: true }) : by;
  const captures = readCaptures(command.captures, analyse, report, progress, command.name !== 'logs');
  try {
    if (command.name === 'logs') await writeAllLogs(host.engine, captures, command.captures.length > 1, command.out, command.format, command.hashes);
    else {
      const read = await all(captures);
      if (command.name === 'indicators') await host.stdout(await host.indicators(read, command.format));
      else if (read.length > 0) host.writeFile(command.out, await host.bundle(read, command.tlp));
    }
  } catch (error) {
    progress.end();
    host.stderr(`capsift: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT_UNREADABLE;
  } finally {
    await team?.end();
  }
  return report.failed ? EXIT_UNREADABLE : EXIT_DONE;
}
