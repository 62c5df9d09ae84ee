import * as abi from '../../../assembly/abi/logs';
import { formatAddress, parseAddress } from '../../logs/address';
import { commonName } from '../../logs/joins';
import type { CaptureState } from './capture-state';

/** Where a name came from, best first. */
const FROM_CAPTURE = 0;
const FROM_DNS = 1;
const FROM_SNI = 2;
const FROM_HOST = 3;
const FROM_PTR = 4;
const FROM_CERTIFICATE = 5;

/** Addresses that get names, at most. */
export const MAX_NAMED_ADDRESSES = 1_000_000;

/** Names beside addresses: from the capture itself, DNS answers (mDNS, LLMNR and NBNS are DNS rows too), SNI, Host, certificates. */
export class NameTable {
  private readonly names = new Map<string, { name: string; rank: number }>();
  /** Rows seen of each capture's logs. */
  private readonly seen = new Map<string, number>();

  /** Takes in the rows that came since the last time. */
  update(captures: readonly CaptureState[]): void {
    for (const capture of captures) {
      this.each(capture, 'name', (row, t) => this.put(formatAddress(t.bytes(row, abi.NAME_ADDR)), t.str(row, abi.NAME_NAME), FROM_CAPTURE));
      this.each(capture, 'dns', (row, t) => {
        if (t.isNull(row, abi.DNS_ANSWERS) || t.isNull(row, abi.DNS_QUERY)) return;
        const query = t.str(row, abi.DNS_QUERY);
        const pointer = /\.(in-addr|ip6)\.arpa$/i.test(query) ? reverseAddress(query) : null;
        for (const answer of t.strs(row, abi.DNS_ANSWERS)) {
          if (pointer !== null) { this.put(pointer, answer, FROM_PTR); break; }
          if (!/^[0-9a-f.:]+$/i.test(answer)) continue;
          const bytes = parseAddress(answer);
          if (bytes) this.put(formatAddress(bytes), query, FROM_DNS);
        }
      });
      this.each(capture, 'ssl', (row, t) => {
        if (!t.isNull(row, abi.SSL_SERVER_NAME)) this.put(formatAddress(t.bytes(row, abi.COL_RESP_H)), t.str(row, abi.SSL_SERVER_NAME), FROM_SNI);
      });
      this.each(capture, 'http', (row, t) => {
        if (t.isNull(row, abi.HTTP_HOST)) return;
        const host = t.str(row, abi.HTTP_HOST).replace(/:\d+$/, '');
        // A request through a proxy names another host than the one it was sent to.
        if (!/^https?:\/\//i.test(t.str(row, abi.HTTP_URI)) && t.str(row, abi.HTTP_METHOD) !== 'CONNECT') this.put(formatAddress(t.bytes(row, abi.COL_RESP_H)), host, FROM_HOST);
      });
      this.each(capture, 'x509', (row, t) => {
        if (t.num(row, t.column('host_cert')) !== 1) return;
        const name = t.strs(row, t.column('san.dns'))[0] ?? commonName(t.str(row, t.column('certificate.subject')));
        this.put(formatAddress(t.bytes(row, abi.COL_RESP_H)), name, FROM_CERTIFICATE);
      });
    }
  }

  private each(capture: CaptureState, log: 'name' | 'dns' | 'ssl' | 'http' | 'x509', take: (row: number, table: ReturnType<CaptureState['table']>) => void): void {
    const key = `${capture.id} ${log}`;
    const table = capture.table(log);
    for (let row = this.seen.get(key) ?? 0; row < table.rows; row++) take(row, table);
    this.seen.set(key, table.rows);
  }

  private put(address: string, name: string, rank: number): void {
    const plain = name.replace(/\.$/, '');
    if (plain === '' || address === '' || plain === address || parseAddress(plain) !== null || plain.length > 255) return;
    const known = this.names.get(address);
    if (known ? known.rank <= rank : this.names.size >= MAX_NAMED_ADDRESSES) return;
    this.names.set(address, { name: plain, rank });
  }

  /** The best name of an address (as formatAddress writes it). */
  of(address: string): string | undefined {
    return this.names.get(address)?.name;
  }

  /** Addresses that go by a name, or with `part` by a name with that piece in it; without case. */
  addressesNamed(name: string, part: boolean): Uint8Array[] {
    const wanted = name.toLowerCase();
    const found: Uint8Array[] = [];
    for (const [address, { name: known }] of this.names) {
      const lower = known.toLowerCase();
      if (part ? !lower.includes(wanted) : lower !== wanted) continue;
      const bytes = parseAddress(address);
      if (bytes) found.push(bytes);
    }
    return found;
  }
}

/** The address that a reverse name asks for (RFC 1035 §3.5, RFC 3596 §2.5); null when it is none. */
export function reverseAddress(name: string): string | null {
  const labels = name.toLowerCase().split('.');
  const bytes = labels.at(-2) === 'in-addr'
    ? parseAddress(labels.slice(0, 4).reverse().join('.'))
    : parseAddress((labels.slice(0, 32).reverse().join('').match(/.{4}/g) ?? []).join(':'));
  return bytes ? formatAddress(bytes) : null;
}
