import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { relative } from 'node:path';
import { ensureChromium, findFirefox } from './browsers.mjs';
import { build } from './builds.mjs';
import { ROOT, at } from './paths.mjs';
import { runPackage } from './run.mjs';

/** What a part counted, and sentences for the end of the run. */
const count = (passed, failed, notes = []) => ({ passed, failed, notes });

/** A check that says yes or no. */
function check(title, file, args) {
  const started = Date.now();
  const ok = runPackage(file, args) === 0;
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return count(ok ? 1 : 0, ok ? 0 : 1, ok ? [] : [`FAIL ${title}`]);
}

/** A build that the tests need; a failed one counts. */
async function checkBuild(name) {
  try {
    await build([name]);
    console.log(`ok   build of ${name}`);
    return count(1, 0);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log(`FAIL build of ${name}`);
    return count(0, 1, [`FAIL build of ${name}`]);
  }
}

/** The counts of a vitest run from its own report, so that nothing is read off its words. */
function vitest(project, env = {}) {
  const report = at('.cache', `vitest-${project}.json`);
  mkdirSync(at('.cache'), { recursive: true });
  rmSync(report, { force: true });
  const args = ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = runPackage('vitest/vitest.mjs', args, { env: { ...process.env, ...env } });
  if (!existsSync(report)) return count(0, 1, [`FAIL ${project} tests: vitest ended with code ${code} and without a report`]);
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const notes = [];
  // A file that cannot be loaded has no failed test, yet it failed.
  const broken = testResults.filter((file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'));
  for (const file of broken) notes.push(`FAIL ${relative(ROOT, file.name)} could not be run`);
  for (const file of testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'failed') notes.push(`FAIL ${relative(ROOT, file.name)}: ${test.fullName}`);
      else if (test.status !== 'passed') notes.push(`left out: ${relative(ROOT, file.name)}: ${test.fullName}`);
    }
  }
  let failed = numFailedTests + broken.length;
  if (code !== 0 && failed === 0) {
    failed = 1;
    notes.push(`FAIL ${project} tests: vitest ended with code ${code} though no test failed (an error outside of the tests, see above)`);
  }
  return count(numPassedTests, failed, notes);
}

function sum(counts) {
  return count(
    counts.reduce((n, c) => n + c.passed, 0),
    counts.reduce((n, c) => n + c.failed, 0),
    counts.flatMap((c) => c.notes),
  );
}

const RUN = {
  types: () => sum([
    check('types of the page, the command line and the tests', 'typescript/bin/tsc', ['-p', 'tsconfig.json']),
    check('types of the engine', 'typescript/bin/tsc', ['-p', 'assembly', '--noEmit']),
    check('types of the components', 'svelte-check/bin/svelte-check', ['--tsconfig', 'tsconfig.json', '--threshold', 'warning']),
  ]),
  lint: () => check('lint', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint']),
  builds: async () => {
    const counts = [];
    for (const name of ['engine', 'site', 'cli', 'single']) counts.push(await checkBuild(name));
    return sum(counts);
  },
  logic: () => vitest('logic'),
  browser: () => {
    let browser;
    try {
      browser = ensureChromium();
    } catch (error) {
      console.error(error.message);
      return count(0, 1, [`FAIL browser tests: ${error.message}`]);
    }
    const firefox = findFirefox();
    const result = vitest('browser', { CAPSIFT_BROWSER: browser });
    const told = firefox ? [] : ['No Firefox is installed, so the main path was driven in Chromium only (Debian: `apt-get install firefox-esr`).'];
    return { ...result, notes: [...result.notes, ...told] };
  },
};

/** Names that `runParts` takes, in the order of a full run. */
export const PARTS = Object.keys(RUN);

/** Runs the parts one after the other, each to its end. Tests run against the builds, which are made first when need be. */
export async function runParts(names) {
  const needed = names.some((name) => name === 'logic' || name === 'browser') && !names.includes('builds') ? ['builds', ...names] : names;
  const counts = [];
  for (const name of needed) {
    console.log(`\n== ${name}`);
    counts.push(await RUN[name]());
  }
  return sum(counts);
}
