import * as abi from '../../../assembly/abi/logs';
import type { Extraction } from './capture';

/** Rows between two looks at the clock. */
const ROWS_A_STEP = 10_000;

/** Whole files by their SHA-256; certificates are indicators of their own kind. */
export function* extractFiles(x: Extraction): Generator<void, void> {
  const { collector, facts: { files, http, pool } } = x;
  const { table } = files;
  if (!table) return;
  const entries = new Map<number, number>();
  const urlNames: string[] = [];
  /** Entries of URLs; −1 = the URL is none. */
  const carriers: number[] = [];
  /** Types and names that an entry was given already. */
  const named = new Map<number, Set<string>>();
  for (let r = 0; r < files.rows; r++) {
    if (r % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    if (files.whole[r] === 0 || files.fromTls[r] === 1 || files.seen[r] === 0) continue;
    const sha = files.sha256[r]!;
    let entry = entries.get(sha);
    if (entry === undefined) {
      entry = collector.entry('file', pool.text(sha));
      if (entry >= 0) entries.set(sha, entry);
    }
    x.see(entry, 'Files::IN_HASH', true, files.ts[r]!, files.pkt[r]!, files.flow[r]!);
    if (entry < 0) continue;
    const carrier = http.carrier(files.fuid[r]!);
    const url = carrier < 0 ? 0 : http.urls.normalOf[http.url[carrier]!]!;
    const name = files.name[r] !== 0 ? pool.text(files.name[r]!) : url !== 0 ? urlNames[url] ??= nameInUrl(http.urls.normal[url]!) : '';
    const said = `${files.mime[r]} ${name}`;
    let names = named.get(entry);
    if (!names) named.set(entry, names = new Set());
    if (!names.has(said)) {
      names.add(said);
      const [md5, sha1, mime] = [table.str(r, abi.FILES_MD5), table.str(r, abi.FILES_SHA1), pool.text(files.mime[r]!)];
      collector.nameFile(entry, {
        sha256: pool.text(sha), ...(md5 ? { md5 } : {}), ...(sha1 ? { sha1 } : {}), ...(mime ? { mime_type: mime } : {}),
        names: name === '' ? [] : [name], size: files.seen[r]!,
      });
    }
    if (url === 0) continue;
    const carried = carriers[url] ??= collector.find(`url:${http.urls.normal[url]!}`);
    if (carried >= 0) {
      collector.relateEntries(entry, 'served-from', carried);
      collector.relateEntries(carried, 'served', entry);
    } else collector.relate(entry, 'served-from', 'url', http.urls.normal[url]!);
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
