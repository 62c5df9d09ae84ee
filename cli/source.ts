import { read, readSync } from 'node:fs';
import { open, stat, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { SLICE_BYTES } from '../web/capture/limits';
import type { ByteSource } from '../web/capture/source';

/** Bytes of one read: they are still in the processor's own cache when the engine comes to them. As measured. */
const READ_BYTES = 256 * 1024;
/** A read that takes longer than so many milliseconds was waited for: the system had to fetch it. */
const WAITED_MILLISECONDS = 1;
/** So many such reads, and the rest is read ahead. */
const MAX_WAITS = 8;
/** Reads under way then while the caller works on a chunk. */
const READ_AHEAD = 4;

/**
 * A file of the system.
 * @param patience milliseconds after which a read counts as waited for
 * @throws Error of node:fs when it is not there or is no regular file that can be sized
 */
export async function fromFile(path: string, patience = WAITED_MILLISECONDS): Promise<ByteSource> {
  const facts = await stat(path);
  if (facts.isDirectory()) throw new Error(`${path} is a folder`);
  if (!facts.isFile()) return fromReadable((await open(path)).createReadStream({ highWaterMark: SLICE_BYTES }), basename(path));
  return {
    name: basename(path),
    size: facts.size,
    stream: () => streamOf(path, patience),
    async slice(start, end) {
      const file = await open(path);
      try {
        return await fill(file, new Uint8Array(Math.max(0, Math.min(end, facts.size) - start)), start);
      } finally {
        await file.close();
      }
    },
  };
}

/** Bytes at `from`, as many as the buffer has room for, fewer at the end of the file. */
function fill(file: FileHandle, buffer: Uint8Array, from: number): Promise<Uint8Array> {
  return new Promise((done, failed) => {
    let got = 0;
    // Not the handle's own `read`, whose promise costs several times as much.
    const more = (): void => read(file.fd, buffer, got, buffer.length - got, from + got, (error, bytes) => {
      got += bytes;
      if (error) failed(error);
      else if (bytes === 0 || got === buffer.length) done(buffer.subarray(0, got));
      else more();
    });
    more();
  });
}

/**
 * The bytes of a file. What the system has in memory is read at once: waking a thread for it costs more than the copy. From a
 * slow place they are read ahead by the system's threads while the caller works. A chunk is valid until the next is asked for.
 */
async function* streamOf(path: string, patience: number): AsyncGenerator<Uint8Array, void> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(READ_BYTES);
    let waits = 0;
    let at = 0;
    while (waits < MAX_WAITS) {
      const before = performance.now();
      const got = readSync(file.fd, buffer, 0, buffer.length, at);
      if (performance.now() - before > patience) waits++;
      if (got === 0) return;
      at += got;
      yield buffer.subarray(0, got);
    }
    yield* readAhead(file, at);
  } finally {
    await file.close();
  }
}

/** The bytes of a file from `at` on. */
async function* readAhead(file: FileHandle, at: number): AsyncGenerator<Uint8Array, void> {
  const reads: Promise<Uint8Array>[] = [];
  const ask = (buffer: Uint8Array): void => {
    const read = fill(file, buffer, at);
    at += buffer.length;
    // Each is waited for in its turn; until then a failure must not count as unhandled.
    read.catch(() => undefined);
    reads.push(read);
  };
  try {
    for (let i = 0; i < READ_AHEAD; i++) ask(new Uint8Array(READ_BYTES));
    for (;;) {
      const chunk = await reads.shift();
      if (!chunk || chunk.length === 0) return;
      yield chunk;
      ask(new Uint8Array(chunk.buffer as ArrayBuffer));
    }
  } finally {
    await Promise.allSettled(reads);
  }
}

/** A stream that is read once, for example standard input. */
export function fromReadable(readable: AsyncIterable<Uint8Array>, name: string): ByteSource {
  return { name, size: null, stream: () => readable };
}

/** Standard input. */
export function fromStdin(): ByteSource {
  return fromReadable(process.stdin, 'standard input');
}
