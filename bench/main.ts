import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from '../scripts/lib/builds.mjs';
import { at } from '../scripts/lib/paths.mjs';
import { CACHE, findOrMake, forget, sizeName, type BenchCapture } from './captures';
import { flood, floodPage, FLOODS, floodTable, NODE_MEMORY, type Flooded } from './floods';
import { generateFile } from './generate/index';
import { compareCounts, type Agreement } from './lib/counts';
import { modelTable, modelWords, type Phases } from './lib/model';
import { captureTable, markdownTable, type Row } from './lib/report';
import { median, spread } from './lib/statistics';
import { ONE, verdicts } from './lib/targets';
import { loadTable, pageUnderLoad } from './load';
import { pageHeld, pageMemory, pageTable, type PageMemory } from './page-memory';
import { measurePhases } from './phases';
import { plan, requestFrom, USAGE, type Heat, type Request } from './plan';
import { chromium } from './sides/chromium';
import type { Measured, Side } from './sides/side';

/** One capture with what was measured on it. */
interface Result {
  readonly capture: BenchCapture;
  readonly rows: Row[];
  readonly agreements: Agreement[];
  readonly absent: Map<string, string>;
  /** Of the mixed capture, where Node's reading was measured, too: what the model for more cores is made of. */
  readonly phases: Phases | null;
}

const version = (program: string, args: readonly string[]): string => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\n')[0]?.trim() ?? '';
  } catch {
    return 'not installed';
  }
};

function machine(): string {
  const cores = cpus();
  const load = readFileSync('/proc/loadavg', 'latin1').split(' ')[0];
  return [
    `- ${cores.length} × ${cores[0]?.model ?? 'unknown processor'}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB, Linux ${release()}; load at the start ${load}`,
    `- Node ${process.version}; ${version('suricata', ['-V'])}; ${version('tshark', ['--version'])}; capsift ${version('git', ['-C', at(), 'describe', '--always', '--dirty'])}`,
    '- Every capture is read once before its first round, so that it comes from the page cache for everybody. All write to the same disk.',
  ].join('\n');
}

/** One run in a folder that is empty before and gone afterwards. */
async function once(side: Side, capture: BenchCapture, count: boolean): Promise<Measured> {
  const folder = join(CACHE, 'out');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    return await side.measure(capture, folder, count);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** All sides take turns, A B C A B C …, so that what else the machine does meets all of them. */
async function measure(heat: Heat): Promise<Result> {
  const capture = findOrMake(heat);
  console.log(`\n== ${heat.name}: ${(capture.bytes / 1e6).toFixed(0)} MB, ${capture.packets.toLocaleString('en')} packets`);
  const absent = new Map<string, string>(heat.sides.flatMap(({ name, absent: why }) => (why === null ? [] : [[name, why] as const])));
  const rows = heat.sides.map(({ name }) => ({ side: name, runs: [] as Measured[], bytes: capture.bytes }));
  for (let round = 0; round < heat.runs; round++) {
    for (const [i, side] of heat.sides.entries()) {
      const row = rows[i];
      if (!row || absent.has(side.name)) continue;
      try {
        const measured = await once(side, capture, round === 0);
        row.runs.push(measured);
        row.bytes = measured.bytes ?? capture.bytes;
        console.log(`  round ${round + 1}  ${side.name.padEnd(36)} ${(measured.wall / 1000).toFixed(2)} s  ${(row.bytes / 1e3 / measured.wall).toFixed(1)} MB/s${measured.reading === undefined ? '' : `  (reading alone ${(measured.reading / 1000).toFixed(2)} s)`}`);
      } catch (error) {
        absent.set(side.name, `failed: ${error instanceof Error ? error.message : String(error)}`);
        console.error(`  ${side.name}: ${absent.get(side.name)}`);
      }
    }
  }
  const done = rows.filter(({ runs }) => runs.length > 0);
  const found = done.map(({ side, runs }) => ({ side, counts: runs[0]?.counts ?? {}, peer: !side.startsWith('capsift') }));
  const reading = done.find(({ side }) => side === 'Node, reading only');
  const phases = heat.name === 'mixed' && reading && done.some(({ side }) => side === ONE)
    ? await measurePhases(capture.path, median(reading.runs.map(({ wall }) => wall))) : null;
  return { capture, rows: done, agreements: compareCounts(capture.packets, found), absent, phases };
}

function section({ capture, rows, agreements, absent }: Result): string {
  const differing = agreements.map(({ what, side, ours, theirs, tolerance, held }) => [
    `${what}: ${side}`, ours.toLocaleString('en'), theirs.toLocaleString('en'), `${(Math.abs(ours - theirs) / Math.max(ours, 1) * 100).toFixed(2)} %`, tolerance === 0 ? 'none' : `${tolerance * 100} %`, held ? 'yes' : 'NO',
  ]);
  const notes = [
    ...rows.flatMap(({ side, runs }) => [...new Set(runs.flatMap(({ note }) => note ?? []))].slice(0, 1).map((note) => `- ${side}: ${note}`)),
    ...[...absent].map(([side, why]) => `- ${side} took no part: ${why}.`),
    ...(capture.longPackets > 0 && rows.some(({ side }) => side.startsWith('Suricata')) ? [`- ${capture.longPackets} packets are longer than Suricata takes; it is expected to read the others.`] : []),
  ];
  return [
    `## ${capture.name}`, '', `${(capture.bytes / 1e6).toFixed(0)} MB (${sizeName(capture.bytes - capture.bytes % 2 ** 20)}iB), ${capture.packets.toLocaleString('en')} packets: ${capture.story}.`, '',
    captureTable(rows, ONE), '', ...(notes.length > 0 ? [...notes, ''] : []),
    ...(differing.length > 0 ? [markdownTable(['counts', 'expected', 'found', 'apart', 'allowed', 'agree'], differing), ''] : []),
  ].join('\n');
}

/** How far repeated runs lie apart, over all sides: what a difference must exceed to mean something. */
function noise(results: readonly Result[]): string {
  const spreads = results.flatMap(({ rows }) => rows.filter(({ runs }) => runs.length > 1).map(({ runs }) => spread(runs.map(({ wall }) => wall))));
  return spreads.length === 0 ? 'Noise: one run each, so that it cannot be told.'
    : `Noise: repeated runs of one side lie ${(median(spreads) * 100).toFixed(0)} % apart at the median, ${(Math.max(...spreads) * 100).toFixed(0)} % at most (largest − smallest, by the median).`;
}

function report(results: readonly Result[], heats: readonly Heat[], before: string, request: Request): { text: string; failed: boolean } {
  const held = verdicts(new Map(results.map(({ capture, rows }) => [capture.name, rows])));
  const disagreed = results.flatMap(({ capture, agreements }) => agreements.filter((one) => !one.held).map((one) => `${capture.name}, ${one.what}: ${one.side}`));
  const broken = results.flatMap(({ capture, absent }) => [...absent].filter(([, why]) => why.startsWith('failed')).map(([side]) => `${capture.name}: ${side}`));
  const does = new Map(heats.flatMap(({ sides }) => sides.map((side) => [side.name, side.does] as const)));
  const text = [
    `# What was measured, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`, '', before, `- ${noise(results)}`, ...(request.quick ? ['- `--quick`: small captures; start-up weighs more than it does on real ones, so targets tell little.'] : []), '',
    ...results.map(section),
    '## Targets', '', markdownTable(['target', 'figure', 'held'], held.map(({ target, figure, held: yes }) => [target, figure, yes === null ? '–' : yes ? 'held' : 'MISSED'])), '',
    ...results.flatMap(({ phases }) => (phases ? ['## More cores, by a model', '', modelWords(phases), '', modelTable(phases), ''] : [])),
    '## What each side did', '', ...[...does].map(([side, what]) => `- **${side}**: ${what}.`), '',
    'Columns: *of ours* is the rate by that of ours on one thread; *CPU* user and system time of all processes and threads; *peak* the largest resident set of the program, for Chromium the proportional set size of all its processes beyond a blank page; *of reading* the share of the rate at which the same file is read in the same place (Chromium: the same File, by `stream()` before and after, by slices of 16 MiB two ahead and into one buffer, the quickest of them).', '',
    ...(disagreed.length > 0 ? [`COUNTS DISAGREE: ${disagreed.join('; ')}.`, ''] : []), ...(broken.length > 0 ? [`FAILED: ${broken.join('; ')}.`, ''] : []),
  ].join('\n');
  return { text, failed: disagreed.length > 0 || broken.length > 0 || (request.strict && held.some((one) => one.held === false)) };
}

/** The same floods in the page, and with --large 10 GiB of mixed traffic; empty where Chromium cannot be measured. */
async function floodPages({ quick, large }: Request, folder: string): Promise<PageMemory[]> {
  const { absent } = chromium();
  if (absent !== null) {
    console.log(`Nothing is opened in the page: ${absent}`);
    return [];
  }
  const list: PageMemory[] = [];
  for (const one of FLOODS) {
    console.log(`== ${one.kind}, in the page`);
    try {
      list.push(await floodPage(one, quick ? 0.02 : 1, folder));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  if (large) {
    const bytes = 10 * 2 ** (quick ? 25 : 30);
    console.log('== mixed, in the page');
    const capture = findOrMake({ name: 'mixed', traffic: 'mixed', bytes });
    list.push(await pageMemory(capture.path, `mixed traffic of ${sizeName(bytes)}iB`));
    forget(capture);
  }
  return list;
}

/** Runs the benchmark. @returns the exit status: 1 when counts disagree, a side failed or (with --strict) a target is missed, 2 for wrong usage */
export async function main(argv: readonly string[]): Promise<number> {
  let request: Request;
  try {
    request = requestFrom(argv);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  if (request.help) { console.log(USAGE); return 0; }
  if (request.make) {
    const { packets, bytes } = generateFile(request.make.traffic, request.make.bytes, request.make.out);
    console.log(`${request.make.out}: ${bytes} bytes, ${packets} packets`);
    return 0;
  }
  if (process.platform !== 'linux') { console.error('Memory and processor time are read from /proc, which only Linux has.'); return 2; }
  mkdirSync(CACHE, { recursive: true });
  await build(['cli', 'site']);
  if (request.load !== null) {
    const capture = request.load === '' ? findOrMake({ name: 'mixed', traffic: 'mixed', bytes: request.quick ? 100 * 2 ** 20 : 2 ** 30 }).path : resolve(request.load);
    const list = await pageUnderLoad(capture);
    const table = loadTable(list);
    writeFileSync(join(CACHE, 'load.md'), `${table}\n`);
    console.log(`${capture}\n\n${table}`);
    return list.some(({ held }) => held === false) ? 1 : 0;
  }
  if (request.floods) {
    const list: Flooded[] = [];
    const folder = join(CACHE, 'out');
    for (const one of FLOODS) {
      console.log(`== ${one.kind}`);
      try {
        list.push(await flood(one, request.quick ? 0.02 : 1, folder));
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    const pages = await floodPages(request, folder);
    const table = [floodTable(list), ...(pages.length > 0 ? [pageTable(pages)] : [])].join('\n\n');
    writeFileSync(join(CACHE, 'floods.md'), `${table}\n`);
    console.log(`\n${table}`);
    return list.some(({ ended }) => ended.memory > NODE_MEMORY) || !pages.every(pageHeld) ? 1 : 0;
  }
  const heats = plan(request, execFileSync(process.execPath, [at('dist/cli/capsift.js'), '--help'], { encoding: 'utf8' }));
  const before = machine();
  const results: Result[] = [];
  const kept = join(CACHE, `report${request.quick ? '-quick' : ''}.md`);
  let text = '';
  let failed = heats.length === 0;
  for (const heat of heats) {
    const result = await measure(heat);
    results.push(result);
    if (heat.takeAway) forget(result.capture);
    // Written after every capture: a run that is broken off leaves what it has.
    ({ text, failed } = report(results, heats, before, request));
    writeFileSync(kept, text);
    writeFileSync(kept.replace(/\.md$/, '.json'), JSON.stringify(results.map(({ capture, rows, agreements }) => ({ capture, rows, agreements })), null, 1));
  }
  console.log(`\n${text}\nWritten to ${kept}`);
  return failed ? 1 : 0;
}
