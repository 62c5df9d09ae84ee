import * as abi from '../../../assembly/abi/logs';
import { requestUrl } from '../../logs/http-url';
import type { LogTable } from '../../logs/table';
import { keyOf, normaliseUrl } from '../normalise';
import type { Extraction } from './capture';

/** True when every byte of the body is there, so that its hash means the file. */
export function isWhole(files: LogTable, r: number): boolean {
  if (files.bytes(r, abi.FILES_SHA256).length !== 64) return false;
  if (files.num(r, abi.FILES_MISSING_BYTES) > 0 || files.num(r, abi.FILES_OVERFLOW_BYTES) > 0) return false;
  return files.num(r, abi.FILES_TIMEDOUT) === 0 && files.bytes(r, abi.FILES_NOTE).length === 0;
}

/** http rows by the ids of the files that they carried to the client. */
export function downloads(http: LogTable | undefined): Map<string, number> {
  const rows = new Map<string, number>();
  for (let r = 0; http && r < http.rows; r++) for (const fuid of http.strs(r, abi.HTTP_RESP_FUIDS)) rows.set(fuid, r);
  return rows;
}

/** Whole files by their SHA-256; certificates are indicators of their own kind. */
export function extractFiles(x: Extraction): void {
  const files = x.tables.get('files');
  if (!files || files.rows === 0) return;
  const http = x.tables.get('http');
  const carriers = downloads(http);
  for (let r = 0; r < files.rows; r++) {
    if (!isWhole(files, r) || files.str(r, abi.FILES_SOURCE) === 'SSL' || files.num(r, abi.FILES_SEEN_BYTES) === 0) continue;
    const value = files.str(r, abi.FILES_SHA256).toLowerCase();
    const [ts, pkt, flow] = [files.num(r, abi.COL_TS), files.num(r, abi.COL_PKT), files.num(r, abi.COL_FLOW)];
    const entry = x.see({ kind: 'file', value }, 'Files::IN_HASH', true, ts, pkt, flow);
    if (!entry) continue;
    const [md5, sha1, mime] = [files.str(r, abi.FILES_MD5), files.str(r, abi.FILES_SHA1), files.str(r, abi.FILES_MIME_TYPE)];
    const carrier = carriers.get(files.str(r, abi.FILES_FUID));
    const url = http && carrier !== undefined ? normaliseUrl(requestUrl(http, carrier)) : null;
    const given = files.str(r, abi.FILES_FILENAME);
    const names = given !== '' ? [given] : url ? [nameInUrl(url)].filter((name) => name !== '') : [];
    entry.nameFile({
      sha256: value, ...(md5 ? { md5 } : {}), ...(sha1 ? { sha1 } : {}), ...(mime ? { mime_type: mime } : {}),
      names, size: files.num(r, abi.FILES_SEEN_BYTES),
    });
    if (url) {
      entry.relate('served-from', keyOf('url', url));
      x.collector.find(keyOf('url', url))?.relate('served', keyOf('file', value));
    }
  }
}

/** Last segment of a URL's path, '' when it ends in a slash. */
export function nameInUrl(url: string): string {
  const path = url.replace(/[?#].*$/, '').slice(url.indexOf('://') + 3);
  const slash = path.lastIndexOf('/');
  const name = slash < 0 ? '' : path.slice(slash + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
