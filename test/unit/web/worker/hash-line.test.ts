import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { BufferedSha } from '../../../../web/body/sha';
import { webCrypto } from '../../../../web/body/sha';
import { hashFor, shaBy } from '../../../../web/worker/hash-line';

const hash = (name: string, data: Uint8Array): string => createHash(name).update(data).digest('hex');
const filled = (length: number, value: number): Uint8Array<ArrayBuffer> => new Uint8Array(new ArrayBuffer(length + 100), 0, length).fill(value);

describe('bodies that another worker hashes', () => {
  let channel: MessageChannel;
  afterEach(() => { channel.port1.close(); channel.port2.close(); });

  function join(sha: BufferedSha, pace?: Parameters<typeof hashFor>[2]): BufferedSha {
    channel = new MessageChannel();
    hashFor(channel.port1, sha, pace);
    return shaBy(channel.port2);
  }

  it('come back with their digests, the bytes unchanged and their buffer to be used again', async () => {
    const far = join(webCrypto()!);
    const bodies = [filled(1, 7), filled(70_000, 1), filled(3, 255)];
    const expected = bodies.map((bytes) => ({ shas: { sha1: hash('sha1', bytes), sha256: hash('sha256', bytes) }, bytes: new Uint8Array(bytes) }));
    const asked = bodies.map((bytes) => far.digest(bytes));
    for (const bytes of bodies) expect(bytes.buffer.byteLength, 'it was transferred').toBe(0);
    const hashed = await Promise.all(asked);
    expect(hashed).toEqual(expected);
    expect(hashed.map(({ bytes }) => bytes.buffer.byteLength)).toEqual([101, 70_100, 103]);
  });

  it('come back unhashed when it cannot', async () => {
    const far = join({ kind: 'buffered', digest: (bytes) => Promise.resolve({ shas: null, bytes }) });
    expect(await far.digest(filled(9, 4))).toEqual({ shas: null, bytes: new Uint8Array(9).fill(4) });
  });

  it('are worked one after the other, with a rest where it is time to', async () => {
    const order: string[] = [];
    const far = join({
      kind: 'buffered',
      digest: async (bytes) => {
        order.push(`begin ${bytes[0]}`);
        await new Promise((resolve) => { setTimeout(resolve, 5); });
        order.push(`end ${bytes[0]}`);
        return { shas: null, bytes };
      },
    }, { begin: () => { order.push('spell'); }, rest: () => { order.push('rest'); return Promise.resolve(); } });
    await Promise.all([far.digest(filled(1, 1)), far.digest(filled(1, 2))]);
    expect(order.slice(0, 6)).toEqual(['spell', 'begin 1', 'end 1', 'rest', 'begin 2', 'end 2']);
  });
});
