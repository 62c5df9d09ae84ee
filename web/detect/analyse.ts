import { detectSteps } from './index';
import type { Finding } from './types';
import { collectSteps, keep, type CaptureInput, type Collection, type ExtractOptions } from '../indicators/extract/index';
import { everyIndicator, Ranking, type Ranked } from '../indicators/ranking';
import { reasonsByIndicator } from '../indicators/score';
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

/** The same with its indicators in columns. */
export interface RankedAnalysis {
  readonly ranking: Ranked;
  readonly findings: readonly Finding[];
  readonly caps: readonly TrippedCap[];
}

/** Extracts, detects, scores and ranks the captures of a case. */
export function analyseCase(captures: readonly CaptureInput[], options: AnalyseOptions = {}): Analysis {
  const { ranking, findings, caps } = runSteps(analyseSteps(captures, options));
  return { indicators: everyIndicator(ranking), findings, caps };
}

/** `analyseCase` in pieces, between which the caller may do other things; rows may be appended meanwhile. */
export function* analyseSteps(captures: readonly CaptureInput[], options: AnalyseOptions = {}): Steps<RankedAnalysis> {
  const collection = yield* collectSteps(captures, options);
  const { collector } = collection;
  const findings: Finding[] = [];
  const caps = new Map(collector.caps);
  for (const [i, x] of collection.extractions.entries()) {
    const result = yield* detectSteps(i, x.facts, x.internalDomains);
    findings.push(...result.findings);
    const { beyondFlows, beyondAddresses } = x.facts.index;
    if (beyondFlows > 0) caps.set('MAX_INDEXED_FLOWS', (caps.get('MAX_INDEXED_FLOWS') ?? 0) + beyondFlows);
    if (beyondAddresses > 0) caps.set('MAX_INDEXED_ADDRESSES', (caps.get('MAX_INDEXED_ADDRESSES') ?? 0) + beyondAddresses);
    for (const [name, times] of result.dropped) caps.set(`MAX_FINDINGS_PER_DETECTOR (${name})`, times);
  }
  for (const finding of findings) sightByFinding(collection, finding);
  collector.close();
  const given = reasonsByIndicator(findings, captures.map((capture) => capture.sha256));
  yield;
  const ranking = yield* Ranking.make(collector, keep(collector, new Set(given.keys())), given);
  return { ranking: ranking.under(byIndicator(options.verdicts ?? [])), findings, caps: [...caps].map(([name, times]) => ({ name, times })) };
}

/** Verdicts by the key of what they are about. */
export function byIndicator(verdicts: readonly Verdict[]): Map<string, Verdict[]> {
  const about = new Map<string, Verdict[]>();
  for (const verdict of verdicts) {
    const list = about.get(verdict.indicator);
    if (list) list.push(verdict);
    else about.set(verdict.indicator, [verdict]);
  }
  return about;
}

/** What a finding names that stands in no row of its own (a tunnel's domain, a spoofed address) is sighted by the finding. */
function sightByFinding({ collector, extractions }: Collection, finding: Finding): void {
  const x = extractions[finding.capture];
  if (!x) return;
  for (const key of new Set(finding.reasons.map((reason) => reason.indicator))) {
    const known = collector.find(key);
    if (known >= 0 && collector.head[known]! >= 0) continue;
    const colon = key.indexOf(':');
    const kind = key.slice(0, colon) as IndicatorKind;
    const entry = collector.entry(kind, key.slice(colon + 1));
    if (entry >= 0) collector.addFinding(collector.tally(entry, roleOf(finding.detector, kind), x.place), finding);
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
