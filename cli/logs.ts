import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WRITTEN_LOGS } from '../web/logs/fields';
import { ZeekWriter } from '../web/logs/zeek-writer';
import type { LogFormat } from './arguments';
import type { ReadCapture } from './captures';
import { WriteBehind, type BehindFile } from './write-behind';

/** A name that is one folder on any system: no separators, control characters, or names that mean a place. */
export function folderName(name: string): string {
  const last = name.split(/[\\/]/).filter((part) => part !== '').pop() ?? '';
  const safe = [...last].map((c) => (c < ' ' || c === '\x7f' || ':*?"<>|'.includes(c) ? '_' : c)).join('').slice(0, 200);
  return safe === '' || safe === '.' || safe === '..' ? 'capture' : safe;
}

/**
 * Writes every log of a capture that has rows into a folder, which is made.
 * @param hashed whether its bodies were hashed
 * @throws Error of node:fs
 */
export async function writeLogs(engine: WebAssembly.Module, capture: ReadCapture, folder: string, format: LogFormat, hashed: boolean): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const writer = new ZeekWriter(engine, capture.tables, hashed);
  const files = new WriteBehind();
  try {
    for (const log of WRITTEN_LOGS) {
      // Opened with the first bytes: a log whose every row is left out is an empty log.
      let file: BehindFile | null = null;
      for (const block of writer[format](log)) await files.put(file ??= files.open(join(folder, `${log}.log`)), block);
    }
  } finally {
    await files.close();
  }
}

/**
 * Writes the logs of captures as they come: straight into `out` when there is one only, else each into a folder of its
 * name (a second one of the same name gets `-2`, and so on).
 */
export async function writeAllLogs(
  engine: () => Promise<WebAssembly.Module>, captures: AsyncIterable<ReadCapture>, several: boolean, out: string, format: LogFormat,
  hashed: boolean,
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
  const write = async (capture: ReadCapture, folder: string): Promise<void> => {
    if (capture.far) await capture.far.write(folder, format);
    else await writeLogs(await engine(), capture, folder, format, hashed);
    capture.store.close();
  };
  for await (const capture of captures) {
    if (inFolders) { await write(capture, folderOf(capture)); continue; }
    if (held === null) { held = capture; continue; }
    inFolders = true;
    await write(held, folderOf(held));
    held = null;
    await write(capture, folderOf(capture));
  }
  if (held !== null) await write(held, out);
}
