import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EngineHarness } from '../support/engine-harness';
import type { Row } from '../support/engine';

const EXPECTED = '../shared/expected/zeek';
const CORPUS = '../shared/corpus';
const here = existsSync(EXPECTED) && existsSync(CORPUS);
if (!here) console.log(`Services beside Zeek's are left out: there is no ${EXPECTED}.`);

const LARGEST = 12_000_000;
/** Services that need a dissector of their own, or that Zeek leaves out where TLS follows. */
const NOT_TOLD = new Set(['ftp-data', 'irc-dcc-data']);

const keyOf = (row: Readonly<Record<string, unknown>>): string =>
  `${String(row['id.orig_h'])} ${String(row['id.orig_p'])} ${String(row['id.resp_h'])} ${String(row['id.resp_p'])} ${Math.round(Number(row['ts']) * 1000)}`;
const names = (row: Readonly<Record<string, unknown>>): string => String(row['service'] ?? '').split(',').sort().join(',');

describe.skipIf(!here)('services told by first bytes, beside Zeek', () => {
  it('are Zeek\'s in at least 98 of 100 flows that it names, and nothing else in flows of other names', { timeout: 120_000 }, () => {
    const harness = new EngineHarness();
    const folders = readdirSync(EXPECTED, { recursive: true, withFileTypes: true }).filter((entry) => entry.name === 'conn.log').map((entry) => entry.parentPath);
    let named = 0;
    const different: string[] = [];
    for (const folder of folders) {
      const capture = join(CORPUS, folder.slice(EXPECTED.length + 1));
      const rows = readFileSync(join(folder, 'conn.log'), 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Record<string, unknown>);
      if (!rows.some((row) => row['service'] !== undefined) || !existsSync(capture) || !statSync(capture).isFile() || statSync(capture).size > LARGEST) continue;
      const bytes = readFileSync(capture);
      if (bytes.readUInt16BE(0) === 0x1f8b) continue;
      const ours = new Map<string, Row>((harness.run(bytes).logs.get('conn') ?? []).map((row) => [keyOf(row), row]));
      for (const row of rows) {
        const same = ours.get(keyOf(row));
        if (!same || row['service'] === undefined || NOT_TOLD.has(names(row))) continue;
        named++;
        if (names(same) !== names(row)) different.push(`${capture}: ${names(row)}, not ${names(same) || 'nothing'}`);
      }
    }
    console.log(`${named} flows that Zeek names, ${different.length} named differently.`);
    expect(named).toBeGreaterThan(1000);
    expect(different.length / named, different.join('\n')).toBeLessThan(0.02);
  });
});
