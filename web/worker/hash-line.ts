import type { Shas } from '../body/digest';
import type { BufferedSha, Hashed } from '../body/sha';
import { way, type GiveWay } from './give-way';

/** To the hash worker: a buffer whose first `length` bytes are to be hashed. Buffers are transferred, here and back. */
export interface ToHash { readonly buffer: ArrayBuffer; readonly length: number }

/** Its answers, in the order in which it was asked; null = it could not be hashed. */
export interface FromHash { readonly buffer: ArrayBuffer; readonly shas: Shas | null }

/** The end of a MessagePort that both sides use. */
export type HashPort = Pick<MessagePort, 'postMessage' | 'onmessage'>;

/**
 * The body worker's end: bodies are hashed by another worker while this one decodes. Browsers may work a digest inside the call
 * (Chromium does); beside decoding and MD5 it was half of what the body worker did on downloads.
 */
export function shaBy(port: HashPort): BufferedSha {
  const waiting: { readonly length: number; readonly done: (hashed: Hashed) => void }[] = [];
  port.onmessage = ({ data: { buffer, shas } }: MessageEvent<FromHash>) => {
    const one = waiting.shift();
    one?.done({ shas, bytes: new Uint8Array(buffer, 0, one.length) });
  };
  return {
    kind: 'buffered',
    // The staging's buffers begin at 0.
    digest: ({ buffer, length }) => new Promise((done) => {
      waiting.push({ length, done });
      port.postMessage({ buffer, length } satisfies ToHash, [buffer]);
    }),
  };
}

/** The hash worker's end: one buffer after the other, with rests while the page is in use. */
export function hashFor(port: HashPort, sha: BufferedSha, pace: Pick<GiveWay, 'begin' | 'rest'> = way): void {
  const waiting: ToHash[] = [];
  let working = false;
  const work = async (): Promise<void> => {
    working = true;
    pace.begin();
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { buffer, length } = next;
      const { shas } = await sha.digest(new Uint8Array(buffer, 0, length));
      port.postMessage({ buffer, shas } satisfies FromHash, [buffer]);
      await pace.rest();
    }
    working = false;
  };
  port.onmessage = ({ data }: MessageEvent<ToHash>) => {
    waiting.push(data);
    if (!working) void work();
  };
}
