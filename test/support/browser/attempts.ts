import { readFileSync } from 'node:fs';
import { at } from './site';

/** What became of each attempt: `refused`, or `done` where the browser let it happen. */
export type Outcomes = Record<string, string>;

/** A page or worker of either driver. */
interface Evaluates { evaluate(expression: string): Promise<unknown> }

// As text from its file: a function of this module would have its import() rewritten by the test runner.
const source = readFileSync(at('test/support/browser/attempts.browser.js'), 'utf8');

const call = (name: string, hosts: readonly string[]): string => `(() => { ${source}\nreturn ${name}(${JSON.stringify(hosts)}); })()`;

/** Tries to send to `hosts` (`name:port`) and to run text as code; gives the attempts that the browser did not refuse. */
export async function attempt(where: Evaluates, hosts: readonly string[]): Promise<string[]> {
  const outcomes = (await where.evaluate(call('attempt', hosts))) as Outcomes;
  if (Object.keys(outcomes).length < 7 * hosts.length) throw new Error('the attempts were not made');
  return Object.keys(outcomes).filter((name) => outcomes[name] !== 'refused').sort();
}

/** Tries to send to `hosts` by navigating frames. */
export async function attemptFrames(where: Evaluates, hosts: readonly string[]): Promise<void> {
  await where.evaluate(call('attemptFrames', hosts));
}
