import * as abi from '../../../assembly/abi/logs';
import { classifyAddress, isReverseName, keyOf, normaliseName, type Normalised } from '../normalise';
import { parseAddress } from '../../logs/address';
import type { Extraction } from './capture';

const PORT_NBNS = 137;
const PORT_MDNS = 5353;
const PORT_LLMNR = 5355;
const TYPE_NB = 32;
const TYPE_NBSTAT = 33;

/**
 * Names that were asked for, and names and addresses in answers. A query is `observed` when the asker then had a flow
 * with one of the answers: somebody went there, not only asked.
 */
export function extractDns(x: Extraction): void {
  const dns = x.tables.get('dns');
  if (!dns) return;
  const { book } = x.index;
  const scratch = new Uint8Array(16);
  for (let r = 0; r < dns.rows; r++) {
    const query = dns.str(r, abi.DNS_QUERY);
    if (query === '') continue;
    const ts = dns.num(r, abi.COL_TS);
    const pkt = dns.num(r, abi.COL_PKT);
    const flow = dns.num(r, abi.COL_FLOW);
    const port = dns.num(r, abi.COL_RESP_P);
    const type = dns.num(r, abi.DNS_QTYPE);
    if (port === PORT_NBNS && (type === TYPE_NB || type === TYPE_NBSTAT || type === 0)) {
      x.see(netbiosName(query), 'NBNS::IN_NAME', false, ts, pkt, flow);
      continue;
    }
    const local = port === PORT_MDNS || port === PORT_LLMNR;
    if (local && /(^|\.)_(tcp|udp)\./.test(query)) continue;
    const answers = dns.strs(r, abi.DNS_ANSWERS);
    const found: Normalised[] = [];
    let observed = false;
    if (answers.length > 0) {
      scratch.set(dns.bytes(r, abi.COL_ORIG_H));
      const asker = book.intern(scratch, 0);
      const reverse = isReverseName(query.toLowerCase());
      for (const answer of answers) {
        const bytes = parseAddress(answer);
        const what = bytes ? classifyAddress(answer) : nameInAnswer(x, answer);
        if (!what) continue;
        if (bytes && !reverse) observed ||= x.reached(asker, book.intern(bytes, 0));
        found.push(what);
      }
    }
    const asked = x.name(query);
    const entry = x.see(asked, 'DNS::IN_REQUEST', observed, ts, pkt, flow);
    for (const what of found) {
      if (asked && what.kind === asked.kind && what.value === asked.value) continue;
      const answer = x.see(what, 'DNS::IN_RESPONSE', false, ts, pkt, flow);
      const isAddress = what.kind === 'ipv4-addr' || what.kind === 'ipv6-addr';
      entry?.relate(isAddress ? 'resolves-to' : 'alias-of', keyOf(what.kind, what.value));
      if (asked && isAddress) answer?.relate('resolved-from', keyOf(asked.kind, asked.value));
    }
  }
}

/** Names in answers (CNAME, NS, MX, PTR); Zeek writes TXT and others with their type in front, which are no names. */
function nameInAnswer(x: Extraction, answer: string): Normalised | null {
  if (answer.includes(' ') || !answer.includes('.')) return null;
  return x.name(answer);
}

/** A NetBIOS name as host name; the wildcard and the browser's service names are none. */
function netbiosName(query: string): Normalised | null {
  const name = normaliseName(query.replace(/<[0-9a-fA-F]{2}>$/, ''));
  return name && !name.startsWith('_') ? { kind: 'hostname', value: name } : null;
}
