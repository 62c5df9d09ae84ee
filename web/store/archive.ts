import { BlobReader, BlobWriter, configure, Uint8ArrayReader, ZipReader, ZipWriter, type FileEntry } from '@zip.js/zip.js/lib/zip-core-custom.js';
import { SCHEMAS } from '../engine/schema';
import type { Indicator, Verdict } from '../indicators/types';
import type { Analysts } from './analysts';
import type { Change } from './backend';
import { indicatorChanges } from './captures';
import { DATABASE_VERSION, type StoredCapture, type StoredIdentity, type StoredImport, type StoredSetting } from './schema';
import type { Session } from './session';
import type { Saved } from './types';

// No script or module of its own is loaded: the caller is a worker already, and deflate is the browser's.
configure({ useWebWorkers: false });

// The archive, a zip:
//   store.json                        Contents below: captures, verdicts, identities, settings, imports, files left out
//   indicators/SHA256.json            the indicators of a capture, with its sightings
//   logs/SHA256/LOG-SEQ-ROWS.chunk    a chunk's buffer as it is in memory (layout: web/engine/chunk.ts); LOG is a log's name
//   captures/SHA256                   the packets, where they are kept
// 64-bit counters are decimal texts in JSON.

/**
 * The zip is made as a blob, which the browser may hold where it likes, and is in memory once at the end: rows and packets
 * that would make it larger than this are left out and named.
 */
export const MAX_ARCHIVE_BYTES = 1024 ** 3;
/** Entries that claim more than this together are not unpacked. */
const MAX_UNPACKED_BYTES = 2 * MAX_ARCHIVE_BYTES;
const FORMAT = 'capsift-store';
const FORMAT_VERSION = 1;

type JsonCapture = Omit<StoredCapture, 'counters'> & { readonly counters: readonly string[] };

interface Contents {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly database: number;
  readonly exported_at: string;
  readonly captures: readonly JsonCapture[];
  readonly verdicts: readonly Verdict[];
  readonly identities: readonly StoredIdentity[];
  readonly settings: readonly StoredSetting[];
  readonly imports: readonly StoredImport[];
  /** Files that had no room. */
  readonly left_out: readonly string[];
}

const toBytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const toText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** All that is kept, as one file. @throws what the store throws */
export async function exportArchive(session: Session, now: number): Promise<Saved> {
  const { backend, files } = session;
  const captures = await backend.all('captures');
  const zip = new ZipWriter(new BlobWriter(), { lastModDate: new Date(now), extendedTimestamp: false });
  const leftOut: string[] = [];
  let size = 0;
  const add = async (name: string, bytes: Uint8Array | Blob, level: 0 | 6): Promise<void> => {
    const length = bytes instanceof Blob ? bytes.size : bytes.length;
    if (size + length > MAX_ARCHIVE_BYTES) { leftOut.push(name); return; }
    size += length;
    await zip.add(name, bytes instanceof Blob ? new BlobReader(bytes) : new Uint8ArrayReader(bytes), { level });
  };
  for (const { sha256 } of captures) {
    const indicators = (await backend.all('indicator_blocks', [sha256])).flatMap((block) => block.indicators.map(({ indicator }) => indicator));
    await add(`indicators/${sha256}.json`, toBytes(JSON.stringify(indicators)), 6);
  }
  for (const { sha256, run, kept_logs: kept } of captures) {
    for (const schema of kept ? SCHEMAS : []) {
      for (const { seq, rows, buffer } of await backend.all('chunks', [sha256, run, schema.id])) {
        await add(`logs/${sha256}/${schema.name}-${seq}-${rows}.chunk`, new Uint8Array(buffer), 6);
      }
    }
  }
  for (const { sha256, kept_capture: kept } of captures) {
    const file = kept ? await files?.open(sha256) ?? null : null;
    if (file) await add(`captures/${sha256}`, file, 0);
  }
  const contents: Contents = {
    format: FORMAT, version: FORMAT_VERSION, database: DATABASE_VERSION, exported_at: new Date(now).toISOString(),
    captures: captures.map((capture) => ({ ...capture, counters: Array.from(capture.counters, String) })),
    verdicts: await backend.all('verdicts'), identities: await backend.all('identities'),
    settings: await backend.all('settings'), imports: await backend.all('imports'), left_out: leftOut,
  };
  await zip.add('store.json', new Uint8ArrayReader(toBytes(JSON.stringify(contents, null, 1))));
  const bytes = new Uint8Array(await (await zip.close()).arrayBuffer());
  return { name: `capsift-store-${contents.exported_at.slice(0, 10)}.zip`, type: 'application/zip', bytes };
}

/** The files of a zip. @throws when it is damaged, or an entry has another length than the directory says */
async function unzip(bytes: Uint8Array): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = Object.create(null) as Record<string, Uint8Array>;
  const zip = new ZipReader(new Uint8ArrayReader(bytes));
  let total = 0;
  for await (const entry of zip.getEntriesGenerator()) {
    if (entry.directory || (total += entry.uncompressedSize) > MAX_UNPACKED_BYTES) continue;
    files[entry.filename] = await contentOf(entry);
  }
  await zip.close();
  return files;
}

async function contentOf(entry: FileEntry): Promise<Uint8Array> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  // More than the directory says does not fit: `set` throws.
  await entry.getData(new WritableStream<Uint8Array>({ write(part) { bytes.set(part, at); at += part.length; } }), { checkSignature: true });
  if (at !== bytes.length) throw new RangeError(`${entry.filename} is shorter than its directory says`);
  return bytes;
}

/** What an archive brought. */
export interface ImportedArchive {
  /** Captures that were not here, or here from an earlier analysis. */
  readonly captures: number;
  readonly verdicts: number;
  /** Sentences about what could not be taken. */
  readonly left: readonly string[];
}

/** Reads an archive back. @throws Error with a sentence when it is none */
export async function importArchive(session: Session, analysts: Analysts, bytes: Uint8Array): Promise<ImportedArchive> {
  let files: Record<string, Uint8Array>;
  let contents: Contents;
  try {
    files = await unzip(bytes);
    contents = JSON.parse(toText(files['store.json'] ?? new Uint8Array(0))) as Contents;
  } catch {
    throw new Error('this file is no archive of a Capsift store');
  }
  if (contents.format !== FORMAT || !Array.isArray(contents.captures)) throw new Error('this file is no archive of a Capsift store');
  if (contents.version > FORMAT_VERSION) throw new Error('this archive was made by a newer Capsift; reload the page to get it');
  const left: string[] = [];
  let captures = 0;
  for (const each of contents.captures) {
    const known = await session.backend.get('captures', each.sha256);
    if (known && known.analysed_at >= each.analysed_at) continue;
    await session.backend.write(captureChanges(each, known, files, left));
    captures++;
  }
  const verdicts = await analysts.putVerdicts(contents.verdicts);
  await analysts.putImports(contents.imports);
  await analysts.putIdentities(contents.identities);
  return { captures, verdicts: verdicts.ok ? verdicts.value : 0, left };
}

function captureChanges(each: JsonCapture, known: StoredCapture | undefined, files: Record<string, Uint8Array>, left: string[]): Change[] {
  const { sha256 } = each;
  const prefix = `logs/${sha256}/`;
  const changes: Change[] = [{ store: 'chunks', deleteUnder: [sha256] }];
  let chunks = 0;
  for (const [name, data] of Object.entries(files)) {
    if (!name.startsWith(prefix)) continue;
    const parts = /^([a-z0-9]+)-(\d+)-(\d+)\.chunk$/.exec(name.slice(prefix.length));
    const schema = SCHEMAS.find((candidate) => candidate.name === parts?.[1]);
    if (!parts || !schema) { left.push(`${name} is of no log that is known here.`); continue; }
    chunks++;
    changes.push({ store: 'chunks', put: { capture: sha256, run: each.run, log: schema.id, seq: Number(parts[2]), rows: Number(parts[3]), buffer: data.slice().buffer } });
  }
  const indicators = files[`indicators/${sha256}.json`];
  changes.push(...indicatorChanges(sha256, indicators ? JSON.parse(toText(indicators)) as Indicator[] : []));
  if (each.kept_logs && chunks === 0) left.push(`The logs of ${each.name} are not in the archive.`);
  if (each.kept_capture && !known?.kept_capture) left.push(`The packets of ${each.name} are not taken from the archive; open the capture again to see them.`);
  changes.push({ store: 'captures', put: {
    ...each, counters: BigUint64Array.from(each.counters.map(BigInt)), kept_logs: each.kept_logs && chunks > 0, kept_capture: known?.kept_capture ?? false,
  } });
  return changes;
}
