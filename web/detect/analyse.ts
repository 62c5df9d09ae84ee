import { detectSteps } from './index';
import type { Finding } from './types';
import { buildIndicators, collectSteps, type CaptureInput, type Collection, type ExtractOptions } from '../indicators/extract/index';
import { applyVerdicts, compareIndicators, reasonsByIndicator, scoreIndicator } from '../indicators/score';
import type { Indicator, IndicatorKind, Role, Verdict } from '../indicators/types';
import { runSteps, type Steps } from '../indicators/steps';

export interface AnalyseOptions extends ExtractOptions {
  /** The analysts' words, which outrank the scores. */
  readonly verdicts?: readonly Verdict[];
}

/** A cap that tripped, for the coverage report and exports. */
export interface TrippedCap { readonly name: string; readonly times: number }

/** Everything that a case says of indicators. */
export interface Analysis {
  /** Best first. */
  readonly indicators: readonly Indicator[];
  readonly findings: readonly Finding[];
  readonly caps: readonly TrippedCap[];
}

/** Extracts, detects, scores and ranks the captures of a case. */
export function analyseCase(captures: readonly CaptureInput[], options: AnalyseOptions = {}): Analysis {
  return runSteps(analyseSteps(captures, options));
}

/** `analyseCase` in pieces, between which the caller may do other things; rows may be appended meanwhile. */
export function* analyseSteps(captures: readonly CaptureInput[], options: AnalyseOptions = {}): Steps<Analysis> {
  const collection = yield* collectSteps(captures, options);
  const findings: Finding[] = [];
  const caps = new Map(collection.collector.caps);
  for (const [i, x] of collection.extractions.entries()) {
    const result = yield* detectSteps(i, x.tables, x.index, x.internalDomains);
    findings.push(...result.findings);
    for (const [name, times] of result.dropped) caps.set(`MAX_FINDINGS_PER_DETECTOR (${name})`, times);
  }
  for (const finding of findings) sightByFinding(collection, finding);
  const given = reasonsByIndicator(findings, captures.map((capture) => capture.sha256));
  const named = new Set(given.keys());
  const byKey = new Map<string, Verdict[]>();
  for (const verdict of options.verdicts ?? []) {
    const list = byKey.get(verdict.indicator);
    if (list) list.push(verdict);
    else byKey.set(verdict.indicator, [verdict]);
  }
  const built = buildIndicators(collection, named);
  yield;
  const indicators = built.map((indicator) => {
    const scored = scoreIndicator(indicator, given.get(indicator.key));
    const verdicts = byKey.get(indicator.key);
    return verdicts ? applyVerdicts(scored, verdicts) : scored;
  }).sort(compareIndicators);
  return { indicators, findings, caps: [...caps].map(([name, times]) => ({ name, times })) };
}

/** What a finding names that stands in no row of its own (a tunnel's domain, a spoofed address) is sighted by the finding. */
function sightByFinding(collection: Collection, finding: Finding): void {
  const x = collection.extractions[finding.capture];
  if (!x) return;
  for (const key of new Set(finding.reasons.map((reason) => reason.indicator))) {
    if ((collection.collector.find(key)?.tallies.length ?? 0) > 0) continue;
    const colon = key.indexOf(':');
    const entry = collection.collector.entry(key.slice(0, colon) as IndicatorKind, key.slice(colon + 1));
    entry?.tally(roleOf(finding.detector, key.slice(0, colon) as IndicatorKind), x).addFinding(finding, key.slice(colon + 1));
  }
}

function roleOf(detector: string, kind: IndicatorKind): Role {
  if (detector === 'arp-spoofing') return 'ARP::IN_REPLY';
  switch (kind) {
    case 'domain-name': case 'hostname': return 'DNS::IN_REQUEST';
    case 'url': return 'HTTP::IN_URL';
    case 'user-agent': return 'HTTP::IN_USER_AGENT_HEADER';
    case 'user-account': return 'HTTP::IN_BASIC_AUTH';
    case 'file': return 'Files::IN_HASH';
    case 'x509-certificate': return 'X509::IN_CERT';
    default: return 'Conn::IN_RESP';
  }
}
