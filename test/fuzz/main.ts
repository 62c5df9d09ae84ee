// `npm run fuzz`: captures made from the fixtures by mutation that knows packets, each checked by check.ts. A case is decided
// by the run's seed and its number alone. What fails is made small and kept in test/property/found, which the tests replay.
import { writeFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { caseOf, FIXTURES, seeds } from './cases';
import { Checker, kindOf } from './check';
import { minimised } from './minimise';

const FOUND = 'test/property/found';
/** A case that takes longer does not end. */
const HANG_SECONDS = 60;
const MINIMISE_SECONDS = 30;

interface Settings { readonly seconds: number; readonly seed: number; readonly only: number | null; readonly progress: SharedArrayBuffer }

function work({ seconds, seed, only, progress }: Settings): void {
  const state = new Int32Array(progress);
  const all = seeds();
  const checker = new Checker();
  const known = new Set<string>();
  const end = performance.now() + seconds * 1000;
  let bytes = 0;
  let found = 0;
  let number = only ?? 0;
  for (; only === null ? performance.now() < end : number === only; number++) {
    Atomics.store(state, 0, number);
    const { file, pieces, flowSeed } = caseOf(all, seed, number);
    bytes += file.length;
    const problem = checker.problem(file, pieces, flowSeed);
    if (problem === null) continue;
    found++;
    // Numbers differ from case to case of one and the same fault.
    const kind = problem.replace(/"[^"]*"|\d+/g, 'N').slice(0, 200);
    console.log(`case ${number} of seed ${seed}: ${problem.slice(0, 1000)}`);
    if (known.has(kind)) continue;
    known.add(kind);
    const word = kindOf(problem);
    Atomics.store(state, 1, 1);
    const small = minimised(file, (part) => kindOf(checker.problem(part, pieces, flowSeed)) === word, MINIMISE_SECONDS);
    Atomics.store(state, 1, 0);
    mkdirSync(FOUND, { recursive: true });
    const path = join(FOUND, `${word}-${seed}-${number}.pcap`);
    writeFileSync(path, small);
    console.log(`  made small: ${small.length} of ${file.length} bytes, pieces of ${pieces.join(', ')}, flow seed ${flowSeed}: ${path}\n  ${checker.problem(small, pieces, flowSeed)?.slice(0, 1000) ?? ''}`);
  }
  console.log(`${number - (only ?? 0)} cases, ${(bytes / 1e6).toFixed(1)} MB, ${found} of them failed (${known.size} kinds).`);
  Atomics.store(state, 2, found);
}

function option(name: string): number | null {
  const at = process.argv.indexOf(`--${name}`);
  if (at < 0) return null;
  const value = Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 0) {
    console.error(`--${name} takes a whole number.`);
    process.exit(2);
  }
  return value;
}

if (isMainThread) {
  if (!existsSync(FIXTURES)) throw new Error(`${FIXTURES} is missing: run this in the project's folder.`);
  const settings: Settings = { seconds: option('seconds') ?? 60, seed: option('seed') ?? (Date.now() & 0x7fffffff), only: option('case'), progress: new SharedArrayBuffer(12) };
  console.log(`Seed ${settings.seed}${settings.only === null ? `, ${settings.seconds} s` : `, case ${settings.only}`}.`);
  const state = new Int32Array(settings.progress);
  // eslint-disable-next-line no-restricted-syntax -- Node's workers know no Content-Security-Policy
  const worker = new Worker(process.argv[1]!, { workerData: settings });
  let last = -1;
  let since = performance.now();
  // A loop in the engine would never give way: it is watched from outside.
  const watch = setInterval(() => {
    const at = Atomics.load(state, 0);
    if (at !== last) { last = at; since = performance.now(); }
    const patience = Atomics.load(state, 1) === 1 ? HANG_SECONDS + MINIMISE_SECONDS * 4 : HANG_SECONDS;
    if (performance.now() - since < patience * 1000) return;
    clearInterval(watch);
    console.log(`case ${at} of seed ${settings.seed}: hang: no end within ${patience} s`);
    process.exitCode = 1;
    void worker.terminate();
  }, 1000);
  worker.on('error', (error) => { clearInterval(watch); console.error(error); process.exitCode = 1; });
  worker.on('exit', () => {
    clearInterval(watch);
    if (Atomics.load(state, 2) > 0) process.exitCode = 1;
  });
} else {
  work(workerData as Settings);
}
