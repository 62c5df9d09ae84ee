import { Uint8ArrayReader, Uint8ArrayWriter, ZipWriter, configure } from '@zip.js/zip.js/lib/zip-core-custom.js';

// No script or module of its own is loaded: the caller is a worker already, and deflate is the browser's.
configure({ useWebWorkers: false });

/** The password that analysts agree on for samples: it keeps scanners and double clicks away, it keeps no secret. */
export const SAMPLE_PASSWORD = 'infected';

export interface ArchiveFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every entry carries this date (the zip format's first), so that the same files make the same names and dates. */
const ENTRY_DATE = new Date(1980, 0, 1);
/** Longest name of an entry in characters. */
const MAX_NAME = 180;

/**
 * A zip whose entries are encrypted, for files that came out of a capture.
 *
 * The cipher is ZipCrypto (APPNOTE 6.1), which is weak and which every tool opens: Info-ZIP's unzip, Windows' own
 * viewer, macOS's, 7-Zip, Python's zipfile; AES-256 opens only in 7-Zip and its like, and sandboxes that take
 * samples expect the weak one. The password is public anyway.
 *
 * Names are made safe: no directories, no control characters, doubled names numbered; an empty one is `file`.
 */
export async function encryptedZip(files: readonly ArchiveFile[], password: string = SAMPLE_PASSWORD): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    rawPassword: new TextEncoder().encode(password), zipCrypto: true, level: 6, lastModDate: ENTRY_DATE, extendedTimestamp: false, useWebWorkers: false,
  });
  const taken = new Set<string>();
  for (const file of files) await writer.add(freeName(safeName(file.name), taken), new Uint8ArrayReader(file.bytes));
  return new Uint8Array(await writer.close());
}

/** The last part of a path without what file systems do not take. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? '';
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const clean = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, '_').replace(/^\.+/, '_').replace(/[. ]+$/, '');
  return clean.slice(0, MAX_NAME) || 'file';
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free.toLowerCase()); i++) {
    const dot = name.lastIndexOf('.');
    free = dot > 0 ? `${name.slice(0, dot)} (${i})${name.slice(dot)}` : `${name} (${i})`;
  }
  taken.add(free.toLowerCase());
  return free;
}
