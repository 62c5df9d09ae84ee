import { DATABASE } from './schema';

/** Where the packets themselves are kept when the user asks for it. */
export interface KeptFiles {
  /** Copies the file in; on failure nothing of it is left behind. @throws the browser's error (QuotaExceededError, …) */
  keep(sha256: string, blob: Blob): Promise<void>;
  open(sha256: string): Promise<File | null>;
  list(): Promise<readonly string[]>;
  remove(sha256: string): Promise<void>;
  clear(): Promise<void>;
}

/** Capture files in the origin private file system; null where there is none (file://, private browsing, Node). */
export async function originPrivateFiles(folderName = `${DATABASE}-captures`): Promise<KeptFiles | null> {
  try {
    const root = await navigator.storage.getDirectory();
    // Asked now: some browsers offer the call and refuse the use.
    await root.getDirectoryHandle(folderName, { create: true });
    return new OriginPrivateFiles(root, folderName);
  } catch {
    return null;
  }
}

class OriginPrivateFiles implements KeptFiles {
  constructor(private readonly root: FileSystemDirectoryHandle, private readonly folderName: string) {}

  private folder(): Promise<FileSystemDirectoryHandle> {
    return this.root.getDirectoryHandle(this.folderName, { create: true });
  }

  async keep(sha256: string, blob: Blob): Promise<void> {
    const folder = await this.folder();
    const writable = await (await folder.getFileHandle(sha256, { create: true })).createWritable();
    try {
      await blob.stream().pipeTo(writable);
    } catch (error) {
      await folder.removeEntry(sha256).catch(() => undefined);
      throw error;
    }
  }

  async open(sha256: string): Promise<File | null> {
    try {
      return await (await (await this.folder()).getFileHandle(sha256)).getFile();
    } catch {
      return null;
    }
  }

  async list(): Promise<readonly string[]> {
    const names: string[] = [];
    const folder = await this.folder() as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
    for await (const name of folder.keys()) names.push(name);
    return names;
  }

  async remove(sha256: string): Promise<void> {
    await (await this.folder()).removeEntry(sha256).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'NotFoundError')) throw error;
    });
  }

  async clear(): Promise<void> {
    await this.root.removeEntry(this.folderName, { recursive: true });
  }
}
