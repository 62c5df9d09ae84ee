import { closeSync, openSync, write } from 'node:fs';

/** Blocks that may be on their way to the system at once, over all files. */
const BLOCKS = 4;

/** A block's memory, which is used again. */
interface Slot { bytes: Uint8Array }

/**
 * Writes files in the system's threads while their next blocks are made. Each file's blocks go out in their order, one at a
 * time; different files do not wait for one another.
 */
export class WriteBehind {
  private readonly free: Slot[] = Array.from({ length: BLOCKS }, () => ({ bytes: new Uint8Array(0) }));
  private waiting: (() => void) | null = null;
  private failure: Error | null = null;
  private readonly files: BehindFile[] = [];

  /** @throws Error of node:fs when it cannot be made */
  open(path: string): BehindFile {
    const file = new BehindFile(openSync(path, 'w'), (slot, error) => {
      this.failure ??= error;
      this.free.push(slot);
      this.waiting?.();
    });
    this.files.push(file);
    return file;
  }

  /** Takes a copy of a block for a file, as soon as there is room for it. @throws Error of an earlier write, of any file */
  async put(file: BehindFile, block: Uint8Array): Promise<void> {
    while (this.free.length === 0) await new Promise<void>((done) => { this.waiting = done; });
    if (this.failure) throw this.failure;
    const slot = this.free.pop()!;
    if (slot.bytes.length < block.length) slot.bytes = new Uint8Array(block.length);
    slot.bytes.set(block);
    file.write(slot, block.length);
  }

  /** Waits until everything is written, and closes all files. @throws Error of a write that failed */
  async close(): Promise<void> {
    while (this.free.length < BLOCKS) await new Promise<void>((done) => { this.waiting = done; });
    for (const file of this.files.splice(0)) closeSync(file.handle);
    if (this.failure) throw this.failure;
  }
}

/** A file that is being written; made by `WriteBehind.open`. */
export class BehindFile {
  private readonly queue: { slot: Slot; length: number }[] = [];
  private busy = false;
  private failed: Error | null = null;

  constructor(readonly handle: number, private readonly done: (slot: Slot, error: Error | null) => void) {}

  write(slot: Slot, length: number): void {
    this.queue.push({ slot, length });
    if (!this.busy) this.next();
  }

  private next(): void {
    const item = this.queue.shift();
    this.busy = item !== undefined;
    if (item) this.part(item.slot, 0, item.length);
  }

  private part(slot: Slot, from: number, length: number): void {
    if (this.failed) { this.end(slot, this.failed); return; }
    // Without a position, so that it may be a pipe.
    write(this.handle, slot.bytes, from, length - from, null, (error, written) => {
      if (error) { this.failed = error; this.end(slot, error); return; }
      if (from + written < length) this.part(slot, from + written, length);
      else this.end(slot, null);
    });
  }

  private end(slot: Slot, error: Error | null): void {
    this.next();
    this.done(slot, error);
  }
}
