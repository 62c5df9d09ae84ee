import type { SpillFile } from '../logs/spill';
import { DATABASE } from './schema';

/** A handle that reads and writes at once; workers only. TypeScript's DOM library has it without `WebWorker`. */
interface SyncHandle {
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  close(): void;
}

/** Makes spill files; null where the browser has no place for them (file://, private browsing, not a worker). */
export type SpillFiles = () => Promise<SpillFile | null>;

/**
 * Spill files in the origin private file system, each locked by its handle. What a page left behind that was closed or
 * died is not locked any more and is taken away now; of other tabs' files nothing is touched, because the lock holds.
 */
export async function originPrivateSpill(folderName = `${DATABASE}-spill`): Promise<SpillFiles> {
  const folder = await openFolder(folderName);
  if (!folder) return () => Promise.resolve(null);
  return async () => {
    const name = crypto.randomUUID();
    try {
      const file = await folder.getFileHandle(name, { create: true }) as FileSystemFileHandle & { createSyncAccessHandle?: () => Promise<SyncHandle> };
      const handle = await file.createSyncAccessHandle?.();
      if (handle) return new OriginPrivateSpill(handle, () => folder.removeEntry(name));
      await folder.removeEntry(name);
    } catch {
      // Some browsers offer the call and refuse the use.
    }
    return null;
  };
}

async function openFolder(name: string): Promise<FileSystemDirectoryHandle | null> {
  try {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
    const names: string[] = [];
    for await (const key of (folder as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> }).keys()) names.push(key);
    for (const left of names) await folder.removeEntry(left).catch(() => undefined);
    return folder;
  } catch {
    return null;
  }
}

class OriginPrivateSpill implements SpillFile {
  constructor(private readonly handle: SyncHandle, private readonly remove: () => Promise<void>) {}

  write(bytes: Uint8Array, at: number): void {
    let done: number;
    try {
      done = this.handle.write(bytes, { at });
    } catch (error) {
      throw error instanceof Error && error.name === 'QuotaExceededError' ? full() : error;
    }
    if (done < bytes.length) throw full();
  }

  read(into: Uint8Array, at: number): void {
    for (let done = 0; done < into.length;) {
      const got = this.handle.read(into.subarray(done), { at: at + done });
      if (got === 0) throw new Error('The file with rows beyond memory was cut short. Open the capture again.');
      done += got;
    }
  }

  close(): void {
    this.handle.close();
    void this.remove().catch(() => undefined);
  }
}

const full = (): Error => new Error('the browser\'s storage is full. Free some disk space, or delete captures from the history.');
