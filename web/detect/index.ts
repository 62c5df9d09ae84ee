import { allowedDomain } from '../intel/allowlist';
import type { CaptureFacts } from '../indicators/facts/index';
import type { Steps } from '../indicators/steps';
import { arpSpoofing } from './arp-spoofing';
import { bareAddress } from './bare-address';
import { beacon } from './beacon';
import { certificate } from './certificate';
import { credentials } from './credentials';
import { dnsDga } from './dns-dga';
import { dnsFlux } from './dns-flux';
import { dnsTunnel } from './dns-tunnel';
import { lateral } from './lateral';
import { oddName } from './odd-name';
import { oddPort } from './odd-port';
import { scan } from './scan';
import { servedExecutable } from './served-executable';
import { MAX_FINDINGS_PER_DETECTOR, type Finding } from './types';
import { upload } from './upload';
import { userAgent } from './user-agent';
import { CaptureView, type Detector } from './view';

export type { Finding, FindingReason } from './types';
export { CaptureView, type Detector } from './view';

/** Every detector, in the order in which they run: later ones see the findings of earlier ones (lateral needs them). */
export const DETECTORS: readonly (readonly [string, Detector])[] = [
  ['served-executable', servedExecutable], ['beacon', beacon], ['upload', upload], ['scan', scan], ['dns-tunnel', dnsTunnel], ['dns-dga', dnsDga],
  ['dns-flux', dnsFlux], ['lateral-movement', lateral], ['arp-spoofing', arpSpoofing], ['certificate', certificate], ['bare-address', bareAddress],
  ['user-agent', userAgent], ['odd-port', oddPort], ['odd-name', oddName], ['cleartext-credentials', credentials],
];

export interface DetectResult {
  readonly findings: readonly Finding[];
  /** Detectors that found more than MAX_FINDINGS_PER_DETECTOR, and how many findings were dropped. */
  readonly dropped: ReadonlyMap<string, number>;
}

/**
 * Runs every detector over one capture, one a step.
 * @param capture its place in the case
 * @param internalDomains domains whose names are host names of ours (see `SharedNames.internal`)
 */
export function* detectSteps(capture: number, facts: CaptureFacts, internalDomains: ReadonlySet<string>): Steps<DetectResult> {
  const findings: Finding[] = [];
  const dropped = new Map<string, number>();
  const view = new CaptureView(capture, facts, findings, internalDomains);
  for (const [name, detector] of DETECTORS) {
    view.more = 0;
    const found = detector(view);
    const more = Math.max(0, found.length - MAX_FINDINGS_PER_DETECTOR) + view.more;
    if (more > 0) dropped.set(name, more);
    for (const finding of found.slice(0, MAX_FINDINGS_PER_DETECTOR)) findings.push(temper(view, finding));
    yield;
  }
  return { findings, dropped };
}

/** Points from which on a list vouches for what its hosts do (web/intel/allowlist.ts). */
const VOUCHED = -40;

/**
 * A finding about hosts that a strong allowlist names is of severity info and says nothing of their addresses; the
 * names keep their reasons, against which the list's stands in the score.
 */
function temper(view: CaptureView, finding: Finding): Finding {
  const vouched = finding.flows.length > 0 && finding.flows.every((flow) => {
    const name = view.nameOfFlow(flow);
    return view.outward(flow) && name !== '' && (allowedDomain(name)?.points ?? 0) <= VOUCHED && view.nameFits(flow);
  });
  if (!vouched) return finding;
  const reasons = finding.reasons.filter(({ indicator }) => !indicator.startsWith('ipv4-addr:') && !indicator.startsWith('ipv6-addr:'));
  return { ...finding, severity: 'info', reasons };
}
