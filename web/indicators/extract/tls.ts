import { attribute, X509 } from '../certificate';
import type { TextLists } from '../facts/rows';
import { classifyAddress, normaliseEmail } from '../normalise';
import type { IndicatorKind, Role } from '../types';
import type { Extraction } from './capture';

/** Rows between two looks at the clock. */
const ROWS_A_STEP = 5000;

/**
 * Server names, fingerprints and certificates. x509 holds a repeated certificate once (as Zeek does), so sightings of
 * certificates are counted by the chains in ssl; a certificate that no chain names is counted by its own row.
 */
export function* extractTls(x: Extraction): Generator<void, void> {
  const { collector, facts: { tls, certificates, texts, pool } } = x;
  const entries = new Map<number, number>();
  const inChains = new Set<number>();
  /** SHA-1 of a certificate that was seen whole, as entry; −1 = none. */
  const entryOf = (fingerprint: number): number => {
    let entry = entries.get(fingerprint);
    if (entry !== undefined && entry >= 0) return entry;
    const certificate = certificates.find(fingerprint);
    const sha1 = certificate ? certificates.factsOf(certificate).sha1 : '';
    entry = /^[0-9a-f]{40}$/.test(sha1) ? collector.entry('x509-certificate', sha1) : -1;
    entries.set(fingerprint, entry);
    return entry;
  };
  const marks = ([[tls.ja3, 'ja3', 'SSL::IN_JA3'], [tls.ja3s, 'ja3s', 'SSL::IN_JA3S'], [tls.ja4, 'ja4', 'SSL::IN_JA4']] as readonly (readonly [Uint32Array, IndicatorKind, Role])[])
    .map(([column, kind, role]) => ({ column, kind, role, known: new Map<number, number>() }));
  const chains: readonly (readonly [TextLists, boolean])[] = [[tls.chain, true], [tls.clientChain, false]];
  for (let r = 0; r < tls.rows; r++) {
    if (r % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const ts = tls.ts[r]!;
    const pkt = tls.pkt[r]!;
    const flow = tls.flow[r]!;
    const server = tls.serverName[r] === 0 ? -1 : x.nameOfText(tls.serverName[r]!);
    const serverEntry = x.entryOf(server);
    x.see(serverEntry, 'SSL::IN_SERVER_NAME', true, ts, pkt, flow);
    for (const { column, kind, role, known } of marks) {
      const text = column[r]!;
      if (text === 0) continue;
      let entry = known.get(text);
      if (entry === undefined) {
        entry = collector.entry(kind, pool.text(text));
        if (entry >= 0) known.set(text, entry);
      }
      x.see(entry, role, true, ts, pkt, flow);
    }
    for (const [chain, ofServer] of chains) {
      const from = chain.from(r);
      for (let i = from; i < chain.to(r); i++) {
        const fingerprint = texts.lower(chain.ids[i]!);
        if (!certificates.find(fingerprint)) continue;
        const entry = entryOf(fingerprint);
        if (entry < 0) continue;
        inChains.add(fingerprint);
        x.see(entry, 'X509::IN_CERT', true, ts, pkt, flow);
        if (i > from || !ofServer || server < 0) continue;
        const { kind, value } = x.named(server);
        if (serverEntry >= 0) {
          collector.relateEntries(entry, 'served-for', serverEntry);
          collector.relateEntries(serverEntry, 'presented', entry);
        } else collector.relate(entry, 'served-for', kind, value);
      }
    }
  }
  yield* certificatesThemselves(x, inChains, entryOf);
}

function* certificatesThemselves(x: Extraction, inChains: ReadonlySet<number>, entryOf: (fingerprint: number) => number): Generator<void, void> {
  const { collector, facts: { certificates } } = x;
  const x509 = certificates.table;
  let n = 0;
  for (const certificate of x509 ? certificates.certificates : []) {
    if (!x509) break;
    if (++n % 500 === 0) yield;
    const fact = certificates.factsOf(certificate);
    if (!/^[0-9a-f]{40}$/.test(fact.sha1)) continue;
    const r = certificate.first;
    const at = [certificates.ts[r]!, certificates.pkt[r]!, certificates.flow[r]!] as const;
    const entry = entryOf(certificate.fingerprint);
    if (!inChains.has(certificate.fingerprint)) x.see(entry, 'X509::IN_CERT', true, ...at);
    if (entry >= 0) collector.setCertificate(entry, fact);
    // Names of authorities say nothing of the server; only what a leaf vouches for counts.
    if (x509.num(r, X509.ca) === 1 && fact.subject !== fact.issuer) continue;
    for (const text of fact.names) {
      const what = x.name(text.replace(/^\*\./, ''));
      const named = x.entryOf(what);
      x.see(named, 'X509::IN_CERT', false, ...at);
      if (what >= 0 && entry >= 0) collector.relate(entry, 'names', x.named(what).kind, x.named(what).value);
    }
    for (const text of x509.strs(r, X509.ip)) x.seeValue(classifyAddress(text), 'X509::IN_CERT', false, ...at);
    for (const text of [...x509.strs(r, X509.email), attribute(fact.subject, 'emailAddress'), attribute(fact.issuer, 'emailAddress')]) {
      const email = text === '' ? null : normaliseEmail(text);
      if (email) x.seeValue({ kind: 'email-addr', value: email }, 'X509::IN_CERT', false, ...at);
    }
  }
}
