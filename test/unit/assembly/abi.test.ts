import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as columns from '../../../assembly/abi/columns';
import * as counters from '../../../assembly/abi/counters';
import * as enums from '../../../assembly/abi/enums';
import * as logs from '../../../assembly/abi/logs';
import * as weirds from '../../../assembly/abi/weirds';
import { SCHEMAS } from '../../../web/engine/schema';
import { runEngine } from '../../support/engine';
import { smallCaptures } from '../../support/captures-small';

const numbers = (module: object): [string, number][] => Object.entries(module).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
const texts = (module: object): [string, string][] => Object.entries(module).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
/** A name of a column or a weird as its constant spells it. */
const constant = (name: string): string => name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_|_$/g, '').toUpperCase();

describe('log schemas', () => {
  const schemas = texts(logs).filter(([name]) => name.endsWith('_SCHEMA')).map(([name, text]) => [name.slice(0, -'_SCHEMA'.length), text.split(' ').map((word) => word.split(':')[0] ?? '')] as const);
  const numbered = new Map(numbers(logs));

  it('are as many as there are logs, each with its number', () => {
    expect(schemas).toHaveLength(logs.LOG_COUNT);
    expect(schemas.map(([name]) => numbered.get(`LOG_${name}`)).sort((a, b) => Number(a) - Number(b))).toEqual(schemas.map((_, i) => i));
    expect(SCHEMAS.map(({ name }) => name.toUpperCase()).sort()).toEqual(schemas.map(([name]) => name).sort());
  });

  it.each(schemas)('%s: every constant names the column at its place', (log, names) => {
    const mine = numbers(logs).filter(([name]) => name.startsWith(`${log}_`));
    const wrong = mine.filter(([name, column]) => {
      const column0 = constant(names[column] ?? '?');
      const said = name.slice(log.length + 1);
      // FILES_NOTE is `extracted_note`; id.orig_h is ORIG_H.
      return column0 !== said && !column0.endsWith(`_${said}`);
    });
    expect(wrong).toEqual([]);
    expect(new Set(mine.map(([, column]) => column)).size).toBe(mine.length);
    if (log !== 'X509') {
      const common = names[1] === 'uid' ? logs.COMMON_COLUMNS : 0;
      expect(mine.map(([, column]) => column).sort((a, b) => a - b)).toEqual(names.map((_, i) => i).slice(common));
    }
  });

  it('of flows begin with the common columns', () => {
    for (const [, names] of schemas.filter(([, all]) => all[1] === 'uid')) {
      expect([logs.COL_TS, logs.COL_UID, logs.COL_ORIG_H, logs.COL_ORIG_P, logs.COL_RESP_H, logs.COL_RESP_P, logs.COL_PKT, logs.COL_FLOW].map((i) => names[i]))
        .toEqual(['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'pkt', 'flow']);
    }
  });
});

describe('weirds', () => {
  const names = weirds.WEIRD_NAMES.split(' ');
  const codes = numbers(weirds).filter(([name]) => name !== 'WEIRD_COUNT');

  it('have one name and one constant for each code', () => {
    expect(names).toHaveLength(weirds.WEIRD_COUNT);
    expect(codes.map(([, code]) => code).sort((a, b) => a - b)).toEqual(names.map((_, i) => i));
    expect(new Set(names).size).toBe(names.length);
  });

  it('have constants that spell their names', () => {
    const spelt = (name: string): string => constant(name.replaceAll('%', 'percent '));
    const wrong = codes.filter(([name, code]) => {
      const said = name.slice('WEIRD_'.length);
      const own = spelt(names[code] ?? '?');
      // Two of Zeek's names differ in case only: the second constant ends in _2.
      return said !== own && said !== `${own}_2`;
    });
    expect(wrong).toEqual([]);
  });
});

describe('services', () => {
  // The file is AssemblyScript alone (decorators on functions), so its text is read.
  const source = readFileSync('assembly/dissect/services.ts', 'utf8');
  const names = (/SERVICE_NAMES: string =\s*"([^"]+)"/.exec(source)?.[1] ?? '').split(' ');
  const constants = [...source.matchAll(/^export const SERVICE_(\w+): u32 = (\d+);/gm)].map(([, name, number]) => [name ?? '', Number(number)] as const);

  it('have constants that spell their names, and fit the bits of a flow', () => {
    const known = constants.filter(([name]) => name !== 'NONE' && name !== 'NOTHING');
    expect(known.length).toBeGreaterThan(30);
    expect(known.filter(([name, number]) => constant(names[number - 1] ?? '?') !== name)).toEqual([]);
    expect(names.length).toBeLessThanOrEqual(61);
    expect(new Set(names).size).toBe(names.length);
    expect(constants.find(([name]) => name === 'NOTHING')?.[1]).toBe(63);
  });

  it('are numbered in no other place', () => {
    for (const file of ['assembly/wire/udp-tunnel.ts', 'assembly/dissect/registry.ts', 'assembly/dissect/signatures.ts']) {
      expect(readFileSync(file, 'utf8'), file).not.toMatch(/const SERVICE_\w+: u32/);
    }
  });
});

describe('codes', () => {
  it('of one kind are different', () => {
    for (const kind of ['PROTO', 'STATE', 'TUNNEL', 'PACKET_PROTO', 'PACKET_FLAG', 'CAPTURE', 'BODY', 'OPTION', 'ENCODING']) {
      const values = numbers(enums).filter(([name]) => name.startsWith(`${kind}_`) && (kind !== 'PACKET' || !name.startsWith('PACKET_PROTO'))).map(([, value]) => value);
      expect(values.length, kind).toBeGreaterThan(1);
      expect(new Set(values).size, kind).toBe(values.length);
    }
  });

  it('of counters are different and lie in the table, caps in theirs', () => {
    const all = numbers(counters).filter(([name]) => !/_(BEGIN|END|COUNT)$/.test(name));
    expect(new Set(all.map(([, value]) => value)).size).toBe(all.length);
    expect(Math.max(...all.map(([, value]) => value))).toBeLessThan(counters.COUNTER_COUNT);
    for (const [name, value] of all) {
      expect(name.includes('_CAP_') || name === 'COUNTER_VALUES_CUT', name).toBe(value >= counters.COUNTER_CAPS_BEGIN && value < counters.COUNTER_CAPS_END);
    }
  });
});

describe('column descriptors', () => {
  it('have fields that do not overlap, in the size that both sides step by', () => {
    const fields = numbers(columns).filter(([name]) => name.startsWith('DESC_')).map(([, value]) => value).sort((a, b) => a - b);
    expect(fields).toEqual([0, 4, 8, 12, 16, 20, 24, 28]);
    expect(columns.DESCRIPTOR_BYTES).toBe(4 * fields.length);
  });

  it('leave room for one more of the longest values', () => {
    expect(columns.CHUNK_COLUMN_BYTES).toBeGreaterThanOrEqual(2 * columns.MAX_VALUE_BYTES);
    expect(columns.CHUNK_LIST_ITEMS).toBeGreaterThanOrEqual(2 * columns.MAX_LIST_ITEMS);
    expect(columns.CHUNK_ROWS % 8).toBe(0);
  });

  it('of the engine are read as its schemas say: values come out under their names', () => {
    const [, capture] = smallCaptures()[0] ?? ['', Buffer.alloc(0)];
    const run = runEngine(capture);
    expect(run.logs.get('http')?.find((row) => row['method'] === 'POST')).toMatchObject({ method: 'POST', host: 'files.example.test', uri: '/upload?x=1', version: '1.1', status_code: 200, trans_depth: 1 });
    expect(run.logs.get('interface')?.[0]).toMatchObject({ linktype: 1, snaplen: 262144, ticks_per_second: 1_000_000 });
    expect(run.logs.get('ssl')?.[0]).toMatchObject({ server_name: 'a.example', cipher: 0xc02f });
  });
});
