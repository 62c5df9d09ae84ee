import { userInfo } from 'node:os';
import { exportIndicators } from '../web/bundle/index';
import { ownId } from '../web/bundle/stix';
import { CAP_WORDS } from '../web/engine/coverage';
import { analyseCase, type Analysis } from '../web/detect/analyse';
import { formatIndicators, type IndicatorFormat } from '../web/indicators/index';
import type { TlpName } from './arguments';
import type { ReadCapture } from './captures';

/** The indicators of all captures as one case. */
export function caseOf(captures: readonly ReadCapture[]): Analysis {
  return analyseCase(captures.map(({ tables, sha256, name }) => ({ tables, sha256, name })));
}

/** The indicators of all captures as one case, as plain text of a format. */
export function indicatorsText(captures: readonly ReadCapture[], format: IndicatorFormat): string {
  return formatIndicators(caseOf(captures).indicators, format);
}

/** STIX identity of the person at this command line: made of the login name, so that it is the same the next time. */
export function analyst(name: string): { id: string; name: string } {
  return { id: ownId('identity', ['command line', name]), name };
}

function loginName(): string {
  try {
    return userInfo().username || 'Analyst';
  } catch {
    return 'Analyst';
  }
}

/**
 * A STIX 2.1 bundle of everything in the captures, with its provenance.
 * @param engine version and hash of the engine
 */
export async function bundleText(captures: readonly ReadCapture[], tlp: TlpName, engine: string, name = loginName()): Promise<string> {
  const { indicators, caps } = caseOf(captures);
  const tripped = CAP_WORDS.filter(({ packets }) => captures.some(({ counters }) => (counters[packets] ?? 0n) > 0n)).map(({ label }) => label);
  const file = await exportIndicators({
    indicators, verdicts: [], format: 'stix', tlp, title: `Indicators from ${captures.map((capture) => capture.name).join(', ')}`, note: '', leave_out: [], passphrase: '',
    provenance: {
      analyst: analyst(name), engine, captures: [...new Set(captures.map(({ sha256 }) => sha256))].filter((sha256) => sha256 !== '').sort(),
      caps: [...tripped, ...caps.map((cap) => `Cap: ${cap.name}`)], exported: Date.now() * 1000,
    },
  });
  return new TextDecoder().decode(file.bytes);
}
