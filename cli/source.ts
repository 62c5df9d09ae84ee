import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SLICE_BYTES } from '../web/capture/limits';
import type { ByteSource } from '../web/capture/source';

/** A file of the system. @throws Error of node:fs when it is not there or is no regular file that can be sized */
export async function fromFile(path: string): Promise<ByteSource> {
  const facts = await stat(path);
  if (facts.isDirectory()) throw new Error(`${path} is a folder`);
  if (!facts.isFile()) return fromReadable((await open(path)).createReadStream({ highWaterMark: SLICE_BYTES }), basename(path));
  return {
    name: basename(path),
    size: facts.size,
    async *stream() {
      const file = await open(path);
      try {
        // Two buffers in turn: a chunk is valid until the one after the next is asked for.
        for (const buffers = [new Uint8Array(SLICE_BYTES), new Uint8Array(SLICE_BYTES)]; ; buffers.reverse()) {
          const buffer = buffers[0] as Uint8Array;
          const { bytesRead } = await file.read(buffer, 0, SLICE_BYTES, null);
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
    async slice(start, end) {
      const buffer = new Uint8Array(Math.max(0, Math.min(end, facts.size) - start));
      const file = await open(path);
      try {
        let got = 0;
        while (got < buffer.length) {
          const { bytesRead } = await file.read(buffer, got, buffer.length - got, start + got);
          if (bytesRead === 0) break;
          got += bytesRead;
        }
        return buffer.subarray(0, got);
      } finally {
        await file.close();
      }
    },
  };
}

/** A stream that is read once, for example standard input. */
export function fromReadable(readable: AsyncIterable<Uint8Array>, name: string): ByteSource {
  return { name, size: null, stream: () => readable };
}

/** Standard input. */
export function fromStdin(): ByteSource {
  return fromReadable(process.stdin, 'standard input');
}
