import type { PairSet } from '../../logs/growing';
import { normaliseName, type Normalised } from '../normalise';
import type { Extraction } from './capture';

const PORT_NBNS = 137;
const PORT_MDNS = 5353;
const PORT_LLMNR = 5355;
const TYPE_NB = 32;
const TYPE_NBSTAT = 33;
/** Rows between two looks at the clock. */
const ROWS_A_STEP = 20_000;

/**
 * Names that were asked for, and names and addresses in answers. A query is `observed` when the asker then had a flow
 * with one of the answers: somebody went there, not only asked.
 * @param reached pairs of addresses that had a flow
 */
export function* extractDns(x: Extraction, reached: PairSet): Generator<void, void> {
  const { collector, facts: { dns, pool, texts } } = x;
  const services = new Map<number, boolean>();
  const isService = (id: number): boolean => {
    let is = services.get(id);
    if (is === undefined) services.set(id, is = /(^|\.)_(tcp|udp)\./.test(pool.text(id)));
    return is;
  };
  const found: number[] = [];
  for (let r = 0; r < dns.rows; r++) {
    if (r % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const query = dns.query[r]!;
    if (query === 0) continue;
    const ts = dns.ts[r]!;
    const pkt = dns.pkt[r]!;
    const flow = dns.flow[r]!;
    const port = dns.respPort[r]!;
    const type = dns.qtype[r]!;
    if (port === PORT_NBNS && (type === TYPE_NB || type === TYPE_NBSTAT || type === 0)) {
      x.seeValue(netbiosName(pool.text(query)), 'NBNS::IN_NAME', false, ts, pkt, flow);
      continue;
    }
    if ((port === PORT_MDNS || port === PORT_LLMNR) && isService(query)) continue;
    found.length = 0;
    let observed = false;
    const from = dns.answers.from(r);
    const to = dns.answers.to(r);
    if (to > from) {
      const asker = dns.asker[r]!;
      const reverse = texts.isReverse(query);
      for (let i = from; i < to; i++) {
        const answer = dns.answers.ids[i]!;
        if (answer === 0) continue;
        const address = texts.address(answer);
        // Names in answers (CNAME, NS, MX, PTR); Zeek writes TXT and others with their type in front, which are no names.
        if (address < 0 && !hasDot(pool.bytesOf(answer))) continue;
        const what = x.nameOfText(answer);
        if (what < 0) continue;
        if (address >= 0 && !reverse && !observed) observed = reached.has(asker, address);
        found.push(what);
      }
    }
    const asked = x.nameOfText(query);
    const entry = x.entryOf(asked);
    x.see(entry, 'DNS::IN_REQUEST', observed, ts, pkt, flow);
    for (const what of found) {
      if (x.same(what, asked)) continue;
      const answer = x.entryOf(what);
      x.see(answer, 'DNS::IN_RESPONSE', false, ts, pkt, flow);
      const { kind, value } = x.named(what);
      const isAddress = kind === 'ipv4-addr' || kind === 'ipv6-addr';
      if (entry >= 0) {
        if (answer >= 0) collector.relateEntries(entry, isAddress ? 'resolves-to' : 'alias-of', answer);
        else collector.relate(entry, isAddress ? 'resolves-to' : 'alias-of', kind, value);
      }
      if (asked >= 0 && isAddress && answer >= 0) {
        if (entry >= 0) collector.relateEntries(answer, 'resolved-from', entry);
        else collector.relate(answer, 'resolved-from', x.named(asked).kind, x.named(asked).value);
      }
    }
  }
}

function hasDot(bytes: Uint8Array): boolean {
  return bytes.includes(0x2e);
}

/** A NetBIOS name as host name; the wildcard and the browser's service names are none. */
function netbiosName(query: string): Normalised | null {
  const name = normaliseName(query.replace(/<[0-9a-fA-F]{2}>$/, ''));
  return name && !name.startsWith('_') ? { kind: 'hostname', value: name } : null;
}
