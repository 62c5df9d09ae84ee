import { configure, Reader, ZipReader, type FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { MAX_PASSWORD_TRIES, MAX_ZIP_ENTRIES } from './limits';
import { hasSlice, rangeStream, type ByteSource } from './source';

// Everything happens in the caller's thread: it is a worker already, and the page's policy allows no other script.
configure({ useWebWorkers: false });

/** Compression methods (APPNOTE 4.4.5) that are decoded here. */
export const METHOD_STORED = 0;
export const METHOD_DEFLATE = 8;
export const METHOD_ZSTD = 93;

export type SlicedSource = ByteSource & Required<Pick<ByteSource, 'slice'>>;

/** One file of a zip. */
export interface ZipItem {
  /** Place in the central directory; in a zip without one, in the file. */
  readonly index: number;
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly compressedSize: number;
  /** CRC-32 of the content; null when it is not known (AE-2, cut file). */
  readonly crc32: number | null;
  /** Where the compressed bytes lie in the zip; null when they are encrypted. */
  readonly range: { readonly start: number; readonly end: number } | null;
  /** Encrypted items: whether the password opens it, and the compressed bytes, decrypted. */
  readonly locked: { check(password: string): Promise<boolean>; open(password: string): AsyncIterable<Uint8Array> } | null;
}

export interface ZipListing {
  readonly items: readonly ZipItem[];
  /** A sentence when the zip is cut, damaged or has too many entries; else ''. */
  readonly message: string;
}

class SourceReader extends Reader<SlicedSource> {
  constructor(private readonly source: SlicedSource) {
    super(source);
    this.size = source.size ?? 0;
  }

  override async readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return new Uint8Array(await this.source.slice(index, Math.min(this.size, index + length)));
  }
}

/** The files of a zip; of one that was cut off (no central directory) those whose local headers are there. */
export async function listZip(source: SlicedSource): Promise<ZipListing> {
  const items: ZipItem[] = [];
  const reader = new ZipReader(new SourceReader(source));
  try {
    let index = 0;
    for await (const entry of reader.getEntriesGenerator({ strictness: 'tolerant', filenameValidation: 'tolerant' })) {
      if (index >= MAX_ZIP_ENTRIES) {
        return { items, message: `${source.name} has more than ${MAX_ZIP_ENTRIES.toLocaleString('en')} entries; the rest was not looked at.` };
      }
      if (!entry.directory) items.push(await itemOf(source, entry, index));
      index++;
    }
    return { items, message: '' };
  } catch {
    if (items.length > 0) return { items, message: `The directory of ${source.name} is damaged; only part of its files could be read.` };
    return scanLocalHeaders(source);
  }
}

async function itemOf(source: SlicedSource, entry: FileEntry, index: number): Promise<ZipItem> {
  const base = {
    index, name: entry.filename, method: entry.compressionMethod, encrypted: entry.encrypted,
    compressedSize: entry.compressedSize,
    crc32: entry.encrypted && !entry.zipCrypto ? null : entry.crc32 ?? null,
  };
  if (entry.encrypted) return { ...base, range: null, locked: lockOf(entry) };
  const header = await source.slice(entry.offset, entry.offset + 30);
  if (header.length < 30) return { ...base, range: { start: entry.offset, end: entry.offset }, locked: null };
  const view = new DataView(header.buffer, header.byteOffset, 30);
  const start = entry.offset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  return { ...base, range: { start, end: start + entry.compressedSize }, locked: null };
}

function lockOf(entry: FileEntry): NonNullable<ZipItem['locked']> {
  const options = { passThrough: 'compressed', checkLocalDirectory: false } as const;
  return {
    async check(password) {
      try {
        await entry.getData(new WritableStream(), { ...options, password, checkPasswordOnly: true });
        return true;
      } catch {
        return false;
      }
    },
    async *open(password) {
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
      const stop = new AbortController();
      let problem: unknown = null;
      const written = entry.getData(writable, { ...options, password, signal: stop.signal }).catch(async (error: unknown) => {
        problem = error;
        // Closed, not aborted: what was decrypted before the damage is still to be read.
        await writable.close().catch(() => undefined);
      });
      const from = readable.getReader();
      try {
        for (;;) {
          const { done, value } = await from.read();
          if (done) break;
          yield value;
        }
        if (problem instanceof Error) throw problem;
      } finally {
        stop.abort();
        await from.cancel().catch(() => undefined);
        await written;
      }
    },
  };
}

/** Files of a zip by their local headers (APPNOTE 4.3.7), for one whose end is missing. */
async function scanLocalHeaders(source: SlicedSource): Promise<ZipListing> {
  const size = source.size ?? 0;
  const items: ZipItem[] = [];
  let locked = 0;
  for (let at = 0; items.length < MAX_ZIP_ENTRIES;) {
    const header = await source.slice(at, at + 30);
    if (header.length < 30) break;
    const view = new DataView(header.buffer, header.byteOffset, 30);
    if (view.getUint32(0, true) !== 0x04034b50) break;
    const flags = view.getUint16(6, true);
    const nameLength = view.getUint16(26, true);
    const extraLength = view.getUint16(28, true);
    const tail = await source.slice(at + 30, at + 30 + nameLength + extraLength);
    const name = new TextDecoder().decode(tail.subarray(0, nameLength));
    const start = at + 30 + nameLength + extraLength;
    // With a data descriptor (bit 3) or zip64 the length is not here: the item goes as far as its data does.
    const written = view.getUint32(18, true);
    const known = (flags & 8) === 0 && written !== 0xffffffff;
    const end = known ? Math.min(size, start + written) : size;
    if ((flags & 1) !== 0) locked++;
    else if (!name.endsWith('/')) {
      items.push({
        index: items.length, name, method: view.getUint16(8, true), encrypted: false, compressedSize: end - start,
        crc32: known ? view.getUint32(14, true) : null, range: { start, end: Math.max(start, end) }, locked: null,
      });
    }
    if (!known) break;
    at = end;
  }
  const lost = locked > 0 ? ` Its ${locked} encrypted file${locked > 1 ? 's' : ''} cannot be read without that end.` : '';
  return { items, message: `${source.name} is cut off: the end of the zip is missing. What is there was read.${lost}` };
}

/** Asks for a password; null = given up. `wrong` is true from the second time on. */
export type AskPassword = (name: string, wrong: boolean) => Promise<string | null>;

/** The field's own password for samples. */
export const FIELD_PASSWORD = 'infected';

/** Passwords for the items of one zip: the one that worked last, then `infected`, then what the user says. */
export class Passwords {
  private last: string | null = null;

  constructor(private readonly ask: AskPassword | undefined) {}

  /**
   * One that opens the item and whose content `holds` (ZipCrypto lets one wrong password in 256 through); null when
   * none does or the user gives up.
   */
  async find(item: ZipItem, holds: (password: string) => Promise<boolean>): Promise<string | null> {
    const { locked } = item;
    if (!locked) return null;
    const opens = async (password: string): Promise<boolean> => await locked.check(password) && await holds(password);
    for (const known of new Set([this.last ?? FIELD_PASSWORD, FIELD_PASSWORD])) {
      if (await opens(known)) { this.last = known; return known; }
    }
    for (let tries = 0; this.ask && tries < MAX_PASSWORD_TRIES; tries++) {
      const given = await this.ask(item.name, tries > 0);
      if (given === null) return null;
      if (await opens(given)) { this.last = given; return given; }
    }
    return null;
  }
}

/** The compressed bytes of an item; encrypted ones need the password. */
export function itemStream(source: ByteSource, item: ZipItem, password: string | null): AsyncIterable<Uint8Array> {
  if (item.locked) return item.locked.open(password ?? '');
  if (!hasSlice(source) || !item.range) throw new TypeError('a zip is read by ranges');
  return rangeStream(source, item.range.start, item.range.end);
}
