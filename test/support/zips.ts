import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, type ZipWriterAddDataOptions } from '@zip.js/zip.js';

configure({ useWebWorkers: false });

/** A zip of these files, written by zip.js; `password` alone is AES-256, with `zipCrypto` the old encryption. */
export async function makeZip(files: Readonly<Record<string, Uint8Array>>, options: ZipWriterAddDataOptions = {}): Promise<Buffer> {
  const writer = new ZipWriter(new Uint8ArrayWriter());
  for (const [name, bytes] of Object.entries(files)) await writer.add(name, new Uint8ArrayReader(new Uint8Array(bytes)), options);
  return Buffer.from(await writer.close());
}
