import { closeSync, existsSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpillFile } from '../web/logs/spill';

/**
 * Folder for the temporary file: TMPDIR when it is set; else /var/tmp where there is one, because /tmp is memory on many
 * systems (file-hierarchy(7)); else the system's.
 */
function folder(): string {
  return !process.env['TMPDIR'] && existsSync('/var/tmp') ? '/var/tmp' : tmpdir();
}

/** A sentence's end for what the system says. */
function reason(error: unknown, where: string): Error {
  const code = (error as { code?: string } | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new Error(`there is no room left in ${where}. Set TMPDIR to a folder with more.`);
  return new Error(`${error instanceof Error ? error.message : String(error)}. Set TMPDIR to a folder that can be written to.`);
}

/**
 * A temporary file, made with its first bytes. It has no name while it is in use, so that nothing of it is left however
 * the process ends; where a system does not allow that, it is taken away at the end.
 */
export class TemporaryFile implements SpillFile {
  private file = -1;
  private path = '';

  /** @param where the folder */
  constructor(private readonly where = folder()) {}

  private open(): number {
    if (this.file >= 0) return this.file;
    const path = join(this.where, `capsift-${process.pid}-${randomBytes(8).toString('hex')}.tmp`);
    // Only the user may read it: it holds what the capture holds.
    this.file = openSync(path, 'wx+', 0o600);
    try {
      unlinkSync(path);
    } catch {
      this.path = path;
      process.once('exit', this.remove);
    }
    return this.file;
  }

  private readonly remove = (): void => {
    if (this.path === '') return;
    try {
      unlinkSync(this.path);
    } catch {
      // It is gone already.
    }
    this.path = '';
  };

  write(bytes: Uint8Array, at: number): void {
    try {
      const file = this.open();
      for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done, bytes.length - done, at + done);
    } catch (error) {
      throw reason(error, this.where);
    }
  }

  read(into: Uint8Array, at: number): void {
    for (let done = 0; done < into.length;) {
      const got = this.file < 0 ? 0 : readSync(this.file, into, done, into.length - done, at + done);
      if (got === 0) throw new Error('The temporary file with rows of the capture was cut short.');
      done += got;
    }
  }

  close(): void {
    if (this.file >= 0) closeSync(this.file);
    this.file = -1;
    this.remove();
    process.removeListener('exit', this.remove);
  }
}
