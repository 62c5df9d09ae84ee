import * as abi from '../../../assembly/abi/logs';
import { formatAddress, parseAddress } from '../../logs/address';
import type { CaptureFacts } from '../../indicators/facts/index';
import { PairSet } from '../../logs/growing';
import { commonName } from '../../logs/joins';
import type { CaptureState } from './capture-state';

/** Where a name came from, best first. */
const FROM_CAPTURE = 0;
const FROM_DNS = 1;
const FROM_SNI = 2;
const FROM_HOST = 3;
const FROM_PTR = 4;
const FROM_CERTIFICATE = 5;

const SLASH = 0x2f;

/** Addresses that get names, at most. */
export const MAX_NAMED_ADDRESSES = 1_000_000;

/** Names beside addresses: from the capture itself, DNS answers (mDNS, LLMNR and NBNS are DNS rows too), SNI, Host, certificates. */
export class NameTable {
  private readonly names = new Map<string, { name: string; rank: number }>();
  /** Rows seen of each capture's logs. */
  private readonly seen = new Map<string, number>();
  /** Pairs of an address and a name that were taken: of answers, of server names, of Host headers. */
  private readonly met = new WeakMap<CaptureFacts, readonly [PairSet, PairSet, PairSet]>();

  /** Takes in the rows that came since the last time. */
  update(captures: readonly CaptureState[], factsOf: (capture: CaptureState) => CaptureFacts): void {
    for (const capture of captures) {
      const facts = factsOf(capture);
      let met = this.met.get(facts);
      if (!met) this.met.set(facts, met = [new PairSet(), new PairSet(), new PairSet()]);
      const [dns, sni, hosts] = met;
      this.each(capture, 'name', (row, t) => this.put(formatAddress(t.bytes(row, abi.NAME_ADDR)), t.str(row, abi.NAME_NAME), FROM_CAPTURE));
      this.fromDns(facts, dns, this.from(capture, 'dns', facts.dns.rows));
      for (let row = this.from(capture, 'ssl', facts.tls.rows); row < facts.tls.rows; row++) {
        const name = facts.tls.serverName[row]!;
        const resp = facts.tls.resp[row]!;
        if (name !== 0 && sni.add(resp, name)) this.put(facts.book.text(resp), facts.pool.text(name), FROM_SNI);
      }
      this.fromHttp(facts, hosts, this.from(capture, 'http', facts.http.rows));
      this.each(capture, 'x509', (row, t) => {
        if (t.num(row, t.column('host_cert')) !== 1) return;
        const name = t.strs(row, t.column('san.dns'))[0] ?? commonName(t.str(row, t.column('certificate.subject')));
        this.put(formatAddress(t.bytes(row, abi.COL_RESP_H)), name, FROM_CERTIFICATE);
      });
    }
  }

  /** First row of a log that was not taken yet; those below `rows` count as taken from now on. */
  private from(capture: CaptureState, log: string, rows: number): number {
    const key = `${capture.id} ${log}`;
    const from = this.seen.get(key) ?? 0;
    this.seen.set(key, rows);
    return from;
  }

  private fromDns({ dns, texts, pool, book }: CaptureFacts, met: PairSet, from: number): void {
    for (let row = from; row < dns.rows; row++) {
      const id = dns.query[row]!;
      const [first, end] = [dns.answers.from(row), dns.answers.to(row)];
      if (id === 0 || first === end) continue;
      if (texts.isReverse(id)) {
        const pointer = /\.(in-addr|ip6)\.arpa$/i.test(pool.text(id)) ? reverseAddress(pool.text(id)) : null;
        if (pointer !== null) {
          this.put(pointer, pool.text(dns.answers.ids[first]!) || (dns.table?.strs(row, abi.DNS_ANSWERS)[0] ?? ''), FROM_PTR);
          continue;
        }
      }
      for (let i = first; i < end; i++) {
        const address = texts.address(dns.answers.ids[i]!);
        if (address >= 0 && met.add(address, id)) this.put(book.text(address), pool.text(id), FROM_DNS);
      }
    }
  }

  private fromHttp({ http, pool, book }: CaptureFacts, met: PairSet, from: number): void {
    const connect = pool.internText('CONNECT');
    for (let row = from; row < http.rows; row++) {
      const host = http.host[row]!;
      // A request through a proxy names another host than the one it was sent to.
      if (host === 0 || http.method[row] === connect) continue;
      const uri = http.uri[row]!;
      if (pool.bytesOf(uri)[0] !== SLASH && /^https?:\/\//i.test(pool.text(uri))) continue;
      if (!met.add(http.resp[row]!, host)) continue;
      this.put(book.text(http.resp[row]!), pool.text(host).replace(/:\d+$/, ''), FROM_HOST);
    }
  }

  private each(capture: CaptureState, log: 'name' | 'x509', take: (row: number, table: ReturnType<CaptureState['table']>) => void): void {
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
