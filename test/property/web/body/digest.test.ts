import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HasherPool } from '../../../../web/body/digest';
import { compileDigests } from '../../../support/digest-engine';

const pool = new HasherPool(compileDigests());

it('gives the digest of the whole however the bytes are cut', () => {
  fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 12 }), (parts) => {
    const hasher = pool.open();
    for (const part of parts) hasher?.update(part);
    const whole = Buffer.concat(parts);
    const hash = (name: string): string => createHash(name).update(whole).digest('hex');
    expect(hasher?.digest()).toEqual({ md5: hash('md5'), sha1: hash('sha1'), sha256: hash('sha256') });
  }), { numRuns: 500 });
});
