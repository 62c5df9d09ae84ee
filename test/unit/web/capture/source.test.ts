import { afterEach, describe, expect, it, vi } from 'vitest';
import { MAX_READ_MILLISECONDS } from '../../../../web/capture/limits';
import { fromBlob } from '../../../../web/capture/source';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i * 31);

async function all(blob: Blob): Promise<Buffer> {
  const got: Uint8Array[] = [];
  for await (const chunk of fromBlob(blob, 'a').stream()) got.push(chunk.slice());
  return Buffer.concat(got);
}

/** A Blob whose stream gives so many bytes and then never answers again. */
function hanging(after: number): Blob {
  const blob = new Blob([bytes]);
  let given = 0;
  blob.stream = () => new ReadableStream({
    type: 'bytes',
    pull(controller) {
      if (given >= after) return new Promise<void>(() => undefined);
      controller.enqueue(bytes.slice(given, given += 1000));
      return Promise.resolve();
    },
  });
  return blob;
}

describe('a File that is read from start to end', () => {
  afterEach(() => { vi.useRealTimers(); });

  it('gives every byte once', async () => {
    expect((await all(new Blob([bytes]))).equals(bytes)).toBe(true);
    expect(await all(new Blob([]))).toEqual(Buffer.alloc(0));
  });

  it.each([0, 50_000])('is read by slices from where its reader hangs, after %i bytes', async (after) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let over = false;
    const reading = all(hanging(after)).finally(() => { over = true; });
    while (!over) {
      await vi.advanceTimersByTimeAsync(MAX_READ_MILLISECONDS);
      await new Promise((resolve) => { setImmediate(resolve); });
    }
    expect((await reading).equals(bytes)).toBe(true);
  });
});
