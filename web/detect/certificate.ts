import { attribute } from '../indicators/certificate';
import { keyOf, normaliseName } from '../indicators/normalise';
import type { CertificateFacts, Reason } from '../indicators/types';
import { PairNumbers, PairSet } from '../logs/growing';
import { MAX_FINDINGS_PER_DETECTOR, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { dateText, quote } from './words';

const DAY = 86_400e6;
/** What openssl and well-known attack frameworks put into certificates when nobody types a name. */
const DEFAULT_NAMES = /internet widgits|some-state|default company ltd|^cn=localhost$|cn=major cobalt strike|multimedia|o=ssl-test|cn=example\.(com|org)/i;

/** True when a certificate's name (with one `*` label in front at most, RFC 6125 §6.4.3) covers the host. */
export function covers(pattern: string, host: string): boolean {
  const name = pattern.toLowerCase().replace(/\.$/, '');
  if (name === host) return true;
  return name.startsWith('*.') && host.includes('.') && host.slice(host.indexOf('.')) === name.slice(1);
}

/**
 * Sees: a server's own certificate that is self-signed, out of its time, made with default names, or that does not name
 * the server that was asked for. Each is a weak reason.
 * ATT&CK: T1573.002 Asymmetric Cryptography (command and control), T1587.003 Digital Certificates.
 * False positives: appliances, printers, development servers, captures of long ago are judged by their own time.
 */
export function certificate(view: CaptureView): Finding[] {
  const { index, facts: { tls, certificates, texts, pool } } = view;
  const [pairs, done] = [new PairNumbers(), new PairSet()];
  const servers = new Map<number, number>();
  const findings: Finding[] = [];
  for (let r = 0; r < tls.rows; r++) {
    const [from, to] = [tls.chain.from(r), tls.chain.to(r)];
    const known = from === to ? undefined : certificates.find(texts.lower(tls.chain.ids[from]!));
    if (!known) continue;
    const written = tls.serverName[r]!;
    let asked = servers.get(written);
    if (asked === undefined) servers.set(written, asked = pool.internText(normaliseName(pool.text(written)) ?? ''));
    const flow = tls.flow[r]!;
    if (!done.add(pairs.of(known.fingerprint, asked), view.known(flow) ? index.resp[flow]! + 1 : 0)) continue;
    const [ts, pkt, server, leaf] = [tls.ts[r]!, tls.pkt[r]!, pool.text(asked), certificates.factsOf(known)];
    const faults = faultsOf(leaf, server, ts, to - from, known.authority);
    if (faults.length === 0) continue;
    if (findings.length >= MAX_FINDINGS_PER_DETECTOR) { view.more++; continue; }
    const evidence = { technique: 'T1573.002', flows: [flow], pkts: [pkt] };
    const reasons: FindingReason[] = [];
    const targets: string[] = [keyOf('x509-certificate', leaf.sha1)];
    const name = server === '' ? null : view.keyOfHost(server);
    if (name) targets.push(name);
    if (view.outward(flow)) targets.push(view.respKey(flow));
    targets.forEach((indicator, i) => {
      for (const fault of faults) reasons.push({ indicator, reason: { ...fault, ...evidence, points: i === 0 ? fault.points : Math.ceil(fault.points * 0.7) } });
    });
    findings.push({
      detector: 'certificate', title: `The certificate of ${server || view.resp(flow)} ${faults.map((fault) => fault.text).join('; it ')}`,
      severity: 'low', confidence: Math.min(60, 25 + faults.length * 10), technique: 'T1573.002', capture: view.capture, first_seen: ts, last_seen: ts,
      hosts: [view.orig(flow)].filter((host) => host !== ''), flows: [flow], pkts: [pkt],
      inputs: { subject: leaf.subject, issuer: leaf.issuer, server_name: server, sha1: leaf.sha1 }, reasons,
    });
  }
  return findings;
}

function faultsOf(leaf: CertificateFacts, server: string, ts: number, chainLength: number, authority: boolean): Reason[] {
  const faults: Reason[] = [];
  const fault = (name: string, text: string, points: number): void => { faults.push({ name, text, points }); };
  if (leaf.subject !== '' && leaf.subject === leaf.issuer && chainLength === 1) fault('self-signed', authority ? 'is an authority\'s own, served as the server\'s' : 'is self-signed', 10);
  if (leaf.not_valid_after !== undefined && ts > leaf.not_valid_after) fault('expired-certificate', `had expired on ${dateText(leaf.not_valid_after)}`, 8);
  if (leaf.not_valid_before !== undefined && ts < leaf.not_valid_before) fault('certificate-from-the-future', `is valid from ${dateText(leaf.not_valid_before)} only`, 10);
  if (leaf.not_valid_before !== undefined && leaf.not_valid_after !== undefined && leaf.not_valid_after - leaf.not_valid_before > 11 * 365 * DAY) {
    fault('long-lived-certificate', `is valid for ${Math.round((leaf.not_valid_after - leaf.not_valid_before) / DAY / 365)} years`, 4);
  }
  if (DEFAULT_NAMES.test(leaf.subject)) fault('default-certificate', `has a default subject (${quote(leaf.subject)})`, 12);
  if (leaf.subject === '' && leaf.names.length === 0) fault('nameless-certificate', 'names nobody', 10);
  if (server !== '' && leaf.names.length > 0 && !leaf.names.some((name) => covers(name, server))) {
    fault('name-mismatch', `names ${quote(leaf.names[0] ?? attribute(leaf.subject, 'CN'))}, not ${quote(server)}`, 10);
  }
  return faults;
}
