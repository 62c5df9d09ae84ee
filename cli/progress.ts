import { sizeText } from '../web/decode/limits';

/** Milliseconds between two lines of progress. */
const EVERY = 200;

/** One line on a terminal that is overwritten; nothing elsewhere. */
export interface Progress {
  begin(name: string, total: number | null): void;
  /** Bytes read so far. */
  at(bytes: number): void;
  end(): void;
}

export const NO_PROGRESS: Progress = { begin: () => undefined, at: () => undefined, end: () => undefined };

/** Progress on a terminal; `columns` is its width. */
export function terminalProgress(write: (text: string) => void, columns: number, now: () => number = Date.now): Progress {
  let name = '';
  let total: number | null = null;
  let started = 0;
  let last = 0;
  return {
    begin(newName, newTotal) { name = newName; total = newTotal; started = now(); last = started; },
    at(bytes) {
      const time = now();
      if (time - last < EVERY) return;
      last = time;
      const rate = bytes / Math.max(0.001, (time - started) / 1000);
      const done = total ? `${Math.min(100, Math.floor((bytes / total) * 100))} % of ${sizeText(total)}` : sizeText(bytes);
      write(`\r\x1b[K${`${name}: ${done}, ${sizeText(rate)}/s`.slice(0, Math.max(20, columns - 1))}`);
    },
    end() { if (last !== started) write('\r\x1b[K'); },
  };
}
