import { existsSync, readdirSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyse } from '../../cli/analyse';
import { readCaptures } from '../../cli/captures';
import { NO_PROGRESS } from '../../cli/progress';
import { COUNTER_PACKETS, COUNTER_PACKETS_DECODED } from '../../assembly/abi/counters';

const CORPUS = '../shared/corpus';
const here = existsSync(CORPUS);
if (!here) console.log(`The captures of other projects are left out: there is no ${CORPUS}.`);

/** The largest capture has 30 MB; a capture that takes this long does not end. */
const CAPTURE_MILLISECONDS = 30_000;
const ALL_MILLISECONDS = 600_000;

const files = here
  ? readdirSync(CORPUS, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name !== 'MANIFEST.tsv').map((entry) => join(entry.parentPath, entry.name)).sort()
  : [];

describe.skipIf(!here)('captures of other projects, the way the command line takes them', () => {
  it(`all ${files.length}: each gives logs or a sentence, in time, and none stops the engine`, { timeout: ALL_MILLISECONDS }, async () => {
    const wrong: string[] = [];
    const slow: string[] = [];
    const totals = { captures: 0, packets: 0, decoded: 0, refused: 0 };
    const began = performance.now();
    for (const file of files) {
      const name = relative(CORPUS, file);
      const said: string[] = [];
      const report = { failed: false, say: (sentence: string) => { said.push(sentence); } };
      const started = performance.now();
      let rows = 0;
      try {
        for await (const capture of readCaptures([file], analyse, report, NO_PROGRESS)) {
          totals.captures++;
          totals.packets += Number(capture.counters[COUNTER_PACKETS]);
          totals.decoded += Number(capture.counters[COUNTER_PACKETS_DECODED]);
          for (const table of capture.tables.values()) rows += table.rows;
        }
      } catch (error) {
        wrong.push(`${name}: ${String(error)}`);
      }
      const took = performance.now() - started;
      if (took > 2000) slow.push(`${name} ${(took / 1000).toFixed(1)} s`);
      if (took > CAPTURE_MILLISECONDS) wrong.push(`${name}: took ${Math.round(took / 1000)} s`);
      if (report.failed) totals.refused++;
      if (rows === 0 && said.length === 0) wrong.push(`${name}: neither logs nor a sentence`);
      for (const sentence of said) {
        if (/fault of Capsift|undefined|NaN|Error:/.test(sentence)) wrong.push(`${name}: ${sentence}`);
        else if (!sentence.startsWith(basename(file)) && !/^\S.*: .+[.!]$/s.test(sentence)) wrong.push(`${name}: no sentence: ${sentence}`);
      }
    }
    console.log(
      `${totals.captures} captures of ${files.length} files, ${totals.refused} files refused, ${totals.packets.toLocaleString('en-US')} packets, ` +
      `${((100 * totals.decoded) / totals.packets).toFixed(2)} % decoded, ${((performance.now() - began) / 1000).toFixed(0)} s${slow.length > 0 ? `; slow: ${slow.join(', ')}` : ''}`,
    );
    expect(wrong).toEqual([]);
  });
});
