import { parseAddress } from '../../logs/address';
import type { AddressBook } from '../../logs/address-book';
import { grown } from '../../logs/growing';
import type { TextPool } from '../../logs/text-pool';
import { isReverseName, registrableDomain } from '../normalise';

const UNKNOWN = -2;

/** What is known of the texts of a capture, worked out once a text. */
export class Texts {
  private addresses = new Int32Array(0);
  private lowers = new Int32Array(0);
  private trims = new Int32Array(0);
  private domains = new Int32Array(0);
  private reverse = new Int32Array(0);

  constructor(readonly pool: TextPool, readonly book: AddressBook) {}

  private room(array: Int32Array<ArrayBuffer>, id: number): Int32Array<ArrayBuffer> {
    return id < array.length ? array : grown(array.length === 0 ? new Int32Array(1024).fill(UNKNOWN) : array, Math.max(id + 1, this.pool.count), UNKNOWN);
  }

  /** Number of the address that the text is, −1 when it is none. */
  address(id: number): number {
    this.addresses = this.room(this.addresses, id);
    let known = this.addresses[id]!;
    if (known === UNKNOWN) {
      const bytes = id !== 0 && looksNumeric(this.pool.bytesOf(id)) ? parseAddress(this.pool.text(id)) : null;
      this.addresses[id] = known = bytes ? this.book.intern(bytes, 0) : -1;
    }
    return known;
  }

  /** The text in lower case. */
  lower(id: number): number {
    this.lowers = this.room(this.lowers, id);
    let known = this.lowers[id]!;
    if (known === UNKNOWN) {
      const bytes = this.pool.bytesOf(id);
      known = id;
      for (let i = 0; i < bytes.length; i++) {
        const c = bytes[i]!;
        if ((c < 65 || c > 90) && c < 128) continue;
        known = this.pool.internText(this.pool.text(id).toLowerCase());
        break;
      }
      this.lowers[id] = known;
    }
    return known;
  }

  /** The text without white space around it. */
  trimmed(id: number): number {
    this.trims = this.room(this.trims, id);
    let known = this.trims[id]!;
    if (known === UNKNOWN) {
      const bytes = this.pool.bytesOf(id);
      const plain = (c: number | undefined): boolean => c !== undefined && c > 32 && c < 127;
      known = id === 0 || (plain(bytes[0]) && plain(bytes[bytes.length - 1])) ? id : this.pool.internText(this.pool.text(id).trim());
      this.trims[id] = known;
    }
    return known;
  }

  /** The registrable domain of a name (see `registrableDomain`). */
  domain(id: number): number {
    this.domains = this.room(this.domains, id);
    let known = this.domains[id]!;
    if (known === UNKNOWN) this.domains[id] = known = this.pool.internText(registrableDomain(this.pool.text(id)));
    return known;
  }

  /** True for the name of a reverse lookup, whatever its case. */
  isReverse(id: number): boolean {
    this.reverse = this.room(this.reverse, id);
    let known = this.reverse[id]!;
    if (known === UNKNOWN) this.reverse[id] = known = isReverseName(this.pool.text(this.lower(id))) ? 1 : 0;
    return known === 1;
  }
}

/** True when nothing stands in it that stands in no address. */
function looksNumeric(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if ((c >= 48 && c <= 58) || c === 46 || (c >= 97 && c <= 102) || (c >= 65 && c <= 70) || c === 91 || c === 93) continue;
    return false;
  }
  return true;
}
