import { openCaptures, type CaptureLocator } from './open';
import type { ByteSource, Hasher } from './source';

/** A capture as the store, the views and other analysts know it. */
export interface CaptureIdentity {
  /** Lower-case hexadecimal; '' when it could not be read. */
  readonly sha256: string;
  readonly locator: CaptureLocator;
}

/**
 * True when the capture is all of its file (plain, or packed with gzip or zstd): then the hash of the file is its
 * identity, since files are what analysts exchange. Of a zip's captures it is the hash of their own bytes.
 */
export function isWholeFile(locator: CaptureLocator): boolean {
  return locator.start === 0 && locator.end === null && locator.locked === null;
}

/** The same place within a file. */
function samePlace(a: CaptureLocator, b: CaptureLocator): boolean {
  return a.start === b.start && a.end === b.end && a.locked?.index === b.locked?.index;
}

async function drain(chunks: AsyncIterable<Uint8Array>, hasher: Hasher): Promise<string> {
  try {
    for await (const bytes of chunks) hasher.update(bytes);
  } catch (error) {
    // Gives the hasher's place back.
    hasher.hex();
    throw error;
  }
  return hasher.hex();
}

/** SHA-256 that names the capture at this place of a file, reading it once more; '' when it cannot be read. */
export async function captureSha256(source: ByteSource, locator: CaptureLocator | undefined, hasher: () => Hasher): Promise<string> {
  try {
    if (!locator || isWholeFile(locator)) return await drain(source.stream(), hasher());
    const password = locator.locked?.password ?? null;
    for await (const inner of openCaptures(source, { password: (_, wrong) => Promise.resolve(wrong ? null : password) })) {
      if (samePlace(inner.locator, locator)) return await drain(inner.chunks, hasher());
    }
    return '';
  } catch {
    return '';
  }
}

/** Every capture of a file with its hash; those of an encrypted zip only when the field's own password opens it. */
export async function captureIdentities(source: ByteSource, hasher: () => Hasher): Promise<CaptureIdentity[]> {
  const found: CaptureIdentity[] = [];
  for await (const inner of openCaptures(source)) {
    const sha256 = isWholeFile(inner.locator) ? await captureSha256(source, undefined, hasher) : await drain(inner.chunks, hasher()).catch(() => '');
    if (sha256 !== '') found.push({ sha256, locator: inner.locator });
  }
  return found;
}
