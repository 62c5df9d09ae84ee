import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { captureIdentities, captureSha256 } from '../../../../web/capture/identity';
import { openCaptures, type CaptureLocator } from '../../../../web/capture/open';
import { fromBytes, type ByteSource, type Hasher } from '../../../../web/capture/source';
import { syntheticPcap } from '../../../support/captures';
import { makeZip } from '../../../support/zips';

const hasher = (): Hasher => {
  const hash = createHash('sha256');
  return { update: (bytes) => { hash.update(bytes); }, hex: () => hash.digest('hex') };
};
const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const a = syntheticPcap(20, 1);
const b = syntheticPcap(30, 2);

async function locators(source: ByteSource, password?: string): Promise<CaptureLocator[]> {
  const found: CaptureLocator[] = [];
  for await (const inner of openCaptures(source, { password: () => Promise.resolve(password ?? null) })) found.push(inner.locator);
  return found;
}

describe('what names a capture', () => {
  it('is the hash of its file, packed or not', async () => {
    for (const bytes of [a, gzipSync(a)]) {
      const source = fromBytes(bytes, 'a.pcap');
      expect(await captureSha256(source, (await locators(source))[0], hasher)).toBe(sha(bytes));
      expect((await captureIdentities(source, hasher)).map(({ sha256 }) => sha256)).toEqual([sha(bytes)]);
    }
  });

  it('is the hash of its own bytes within a zip, so that two of them differ', async () => {
    const source = fromBytes(await makeZip({ 'a.pcap': a, 'notes.txt': Buffer.from('no capture'), 'b.pcap': b, 'c.pcap.gz': gzipSync(b) }), 'all.zip');
    const expected = [sha(a), sha(b), sha(b)];
    expect((await captureIdentities(source, hasher)).map(({ sha256 }) => sha256)).toEqual(expected);
    const each = await Promise.all((await locators(source)).map((locator) => captureSha256(source, locator, hasher)));
    expect(each).toEqual(expected);
  });

  it('is found with the password that opened an encrypted zip, and not without', async () => {
    const source = fromBytes(await makeZip({ 'a.pcap': a, 'b.pcap': b }, { password: 'open sesame' }), 'locked.zip');
    const [, second] = await locators(source, 'open sesame');
    expect(await captureSha256(source, second, hasher)).toBe(sha(b));
    expect(await captureIdentities(source, hasher)).toEqual([]);
    expect(await captureSha256(source, second && { ...second, locked: { index: 1, password: 'wrong' } }, hasher)).toBe('');
  });

  it('is not known when the file cannot be read', async () => {
    const gone: ByteSource = { name: 'gone.pcap', size: 5, stream: () => { throw new Error('NotReadableError'); }, slice: () => Promise.reject(new Error('gone')) };
    expect(await captureSha256(gone, undefined, hasher)).toBe('');
    expect(await captureIdentities(gone, hasher)).toEqual([]);
  });
});
