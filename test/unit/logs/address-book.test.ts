import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AddressBook } from '../../../web/logs/address-book';
import { addressScope, formatAddress, isLocal, parseNetworks } from '../../../web/logs/address';

const v4 = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => new Uint8Array([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, ...parts]));
const { networks } = parseNetworks(['198.51.100.0/24', '2001:db8::/32']);

it('numbers each address once and says the same of it as of its bytes', () => {
  fc.assert(fc.property(fc.array(fc.oneof(v4, fc.uint8Array({ minLength: 16, maxLength: 16 })), { maxLength: 60 }), (addresses) => {
    const book = new AddressBook(networks);
    const ids = addresses.map((bytes) => book.intern(new Uint8Array([9, ...bytes]), 1));
    expect(book.count).toBe(new Set(addresses.map((bytes) => formatAddress(bytes))).size);
    addresses.forEach((bytes, i) => {
      const id = ids[i] ?? -1;
      expect(book.bytes(id)).toEqual(bytes);
      expect(book.text(id)).toBe(formatAddress(bytes));
      expect(book.scope(id)).toBe(addressScope(bytes));
      expect(book.local(id)).toBe(isLocal(bytes, networks));
    });
  }));
});

it('keeps a hundred thousand addresses apart', () => {
  const book = new AddressBook();
  const bytes = new Uint8Array(16).fill(0xff, 10, 12);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < 100_000; i++) { view.setUint32(12, i * 257); expect(book.intern(bytes, 0)).toBe(i); }
  view.setUint32(12, 257 * 777);
  expect(book.intern(bytes, 0)).toBe(777);
});
