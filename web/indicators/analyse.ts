import { detect } from '../detect/index';
import type { Finding } from '../detect/types';
import { buildIndicators, collect, type CaptureInput, type ExtractOptions } from './extract/index';
import { applyVerdicts, compareIndicators, reasonsByIndicator, scoreIndicator } from './score';
import type { Indicator, Verdict } from './types';

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
  const collection = collect(captures, options);
  const findings: Finding[] = [];
  const caps = new Map(collection.collector.caps);
  collection.extractions.forEach((x, i) => {
    const result = detect(i, x.tables, x.index, x.internalDomains);
    findings.push(...result.findings);
    for (const [name, times] of result.dropped) caps.set(`MAX_FINDINGS_PER_DETECTOR (${name})`, times);
  });
  const given = reasonsByIndicator(findings);
  const named = new Set(given.keys());
  const byKey = new Map<string, Verdict[]>();
  for (const verdict of options.verdicts ?? []) {
    const list = byKey.get(verdict.indicator);
    if (list) list.push(verdict);
    else byKey.set(verdict.indicator, [verdict]);
  }
  const indicators = buildIndicators(collection, named).map((indicator) => {
    const scored = scoreIndicator(indicator, given.get(indicator.key));
    const verdicts = byKey.get(indicator.key);
    return verdicts ? applyVerdicts(scored, verdicts) : scored;
  }).sort(compareIndicators);
  return { indicators, findings, caps: [...caps].map(([name, times]) => ({ name, times })) };
}
