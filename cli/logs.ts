import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { WRITTEN_LOGS } from '../web/logs/fields';
import { zeekJson } from '../web/logs/zeek-json';
import { zeekTsv } from '../web/logs/zeek-tsv';
import type { LogFormat } from './arguments';
import type { ReadCapture } from './captures';

/** A name that is one folder on any system: no separators, control characters, or names that mean a place. */
export function folderName(name: string): string {
  const last = name.split(/[\\/]/).filter((part) => part !== '').pop() ?? '';
  const safe = [...last].map((c) => (c < ' ' || c === '\x7f' || ':*?"<>|'.includes(c) ? '_' : c)).join('').slice(0, 200);
  return safe === '' || safe === '.' || safe === '..' ? 'capture' : safe;
}

/** Writes every log of a capture that has rows into a folder, which is made. @throws Error of node:fs */
export function writeLogs(capture: ReadCapture, folder: string, format: LogFormat): void {
  mkdirSync(folder, { recursive: true });
  const write = format === 'json' ? zeekJson : zeekTsv;
  for (const log of WRITTEN_LOGS) {
    // Opened with the first bytes: a log whose every row is left out is an empty log.
    let file = -1;
    try {
      for (const block of write(log, capture.tables)) {
        if (file < 0) file = openSync(join(folder, `${log}.log`), 'w');
        for (let at = 0; at < block.length;) at += writeSync(file, block, at);
      }
    } finally {
      if (file >= 0) closeSync(file);
    }
  }
}

/**
 * Writes the logs of captures as they come: straight into `out` when there is one only, else each into a folder of its
 * name (a second one of the same name gets `-2`, and so on).
 */
export async function writeAllLogs(
  captures: AsyncIterable<ReadCapture>, several: boolean, out: string, format: LogFormat,
): Promise<void> {
  const taken = new Set<string>();
  const folderOf = (capture: ReadCapture): string => {
    const name = folderName(capture.name === '-' ? 'standard input' : capture.name);
    let unique = name;
    for (let n = 2; taken.has(unique.toLowerCase()); n++) unique = `${name}-${n}`;
    taken.add(unique.toLowerCase());
    return join(out, unique);
  };
  // Of one file it is known only at the second capture inside that there are several.
  let held: ReadCapture | null = null;
  let inFolders = several;
  const write = (capture: ReadCapture, folder: string): void => {
    writeLogs(capture, folder, format);
    capture.store.close();
  };
  for await (const capture of captures) {
    if (inFolders) { write(capture, folderOf(capture)); continue; }
    if (held === null) { held = capture; continue; }
    inFolders = true;
    write(held, folderOf(held));
    held = null;
    write(capture, folderOf(capture));
  }
  if (held !== null) write(held, out);
}
