import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chipText, formatPlace, MAX_FRAGMENT, packetOfRow, parseChip, parsePlace, parseSelection, selectionText, type Place, type Selection } from '../../../../web/state/address';
import { chipWords, fieldOfColumn, flipChip, isWhole, stepTime, valueChip, withChip, withoutChip, withoutTime, withTime } from '../../../../web/state/scope';
import { VIEWS } from '../../../../web/state/views';
import { EMPTY_SCOPE, type Chip, type Scope, type TableName } from '../../../../web/worker/api';

describe('the scope', () => {
  it('takes a value once: its opposite replaces it', () => {
    let scope = withChip(EMPTY_SCOPE, valueChip('host', '10.7.10.47'));
    scope = withChip(scope, valueChip('port', '443'));
    scope = withChip(scope, valueChip('host', '10.7.10.47', true));
    expect(scope.chips).toEqual([valueChip('port', '443'), valueChip('host', '10.7.10.47', true)]);
  });

  it('flips and removes chips by their place', () => {
    const scope: Scope = { ...EMPTY_SCOPE, chips: [valueChip('a', '1'), valueChip('b', '2')] };
    expect(flipChip(scope, 1).chips[1]?.exclude).toBe(true);
    expect(withoutChip(scope, 0).chips).toEqual([valueChip('b', '2')]);
  });

  it('puts the ends of a brush in order and takes an empty brush as all of time', () => {
    expect(withTime(EMPTY_SCOPE, 20.4, 10.6)).toMatchObject({ from: 11, to: 20 });
    expect(withTime(EMPTY_SCOPE, 10, 10)).toMatchObject({ from: null, to: null });
    expect(isWhole(withoutTime(withTime(EMPTY_SCOPE, 1, 2)))).toBe(true);
  });

  it('steps through time by the length of the span and stays inside the capture', () => {
    const first = stepTime(EMPTY_SCOPE, 1, 0, 1000);
    expect(first).toMatchObject({ from: 0, to: 100 });
    expect(stepTime(first, 1, 0, 1000)).toMatchObject({ from: 100, to: 200 });
    expect(stepTime(first, -1, 0, 1000)).toMatchObject({ from: 0, to: 100 });
    const last = stepTime(EMPTY_SCOPE, -1, 0, 1000);
    expect(stepTime(last, 1, 0, 1000).to).toBe(1001);
    expect(stepTime(EMPTY_SCOPE, 1, 5, 5)).toBe(EMPTY_SCOPE);
  });

  it('makes one host chip of either side, and keeps an HTTP host apart', () => {
    for (const column of ['id.orig_h', 'id.resp_h']) expect(fieldOfColumn('conn', column)).toBe('host');
    expect(fieldOfColumn('packet', 'src')).toBe('host');
    expect(fieldOfColumn('http', 'host')).toBe('http.host');
    expect(fieldOfColumn('dns', 'query')).toBe('dns.query');
    expect(chipWords(valueChip('indicator', 'url:http://x.example/a', true))).toEqual({ field: 'not indicator', op: '', value: 'http://x.example/a' });
  });
});

describe('the address bar', () => {
  const text = fc.string({ minLength: 1, maxLength: 30, unit: 'grapheme' });
  const chip: fc.Arbitrary<Chip> = fc.record({
    field: fc.constantFrom('host', 'port', 'dns.query', 'id.orig_h', 'certificate.subject'), op: fc.constantFrom('=', '>', '<', '~'), value: text, exclude: fc.boolean(),
  });
  const tables = VIEWS.map((view) => view.name).filter((name): name is TableName => name !== 'overview');
  const n = fc.nat({ max: 2 ** 31 });
  const selection: fc.Arbitrary<Selection> = fc.oneof(
    fc.record({ kind: fc.constant('indicator' as const), key: text.map((value) => `url:${value}`) }),
    fc.record({ kind: fc.constant('row' as const), table: fc.constantFrom(...tables), id: text }),
    fc.record({ kind: fc.constant('flow' as const), capture: fc.nat({ max: 9 }), flow: n }),
    fc.record({ kind: fc.constant('packet' as const), capture: fc.nat({ max: 9 }), pkt: n }),
    fc.record({ kind: fc.constant('stream' as const), capture: fc.nat({ max: 9 }), flow: n }),
  );
  const moment = fc.option(fc.integer({ min: -1e12, max: 4e15 }), { nil: null });
  const place: fc.Arbitrary<Place> = fc.record({
    view: fc.constantFrom(...VIEWS.map((view) => view.name)),
    scope: fc.record({ from: moment, to: moment, chips: fc.array(chip, { maxLength: 6 }), text: fc.oneof(fc.constant(''), text.filter((value) => value.trim() !== '')) }),
    sort: fc.option(fc.record({ column: fc.constantFrom('ts', 'id.orig_h'), descending: fc.boolean() }), { nil: null }),
    selection: fc.option(selection, { nil: null }),
    captures: fc.array(fc.constant('0123456789abcdef'.repeat(4)), { maxLength: 2 }),
  });

  it('holds a place so that reload and back bring exactly it', () => {
    fc.assert(fc.property(place, (given) => {
      const fragment = formatPlace(given);
      expect(parsePlace(fragment)).toEqual(given);
      // The fragment survives what a browser does to it when it is read back.
      expect(parsePlace(new URL(fragment, 'https://x.example/').hash)).toEqual(given);
    }));
  });

  it('reads any fragment without an error', () => {
    fc.assert(fc.property(fc.string(), (fragment) => { parsePlace(fragment); parseChip(fragment); parseSelection(fragment); }));
    expect(parsePlace('#/nowhere?from=soon&sel=packet:x:1&case=zz')).toEqual({ view: 'overview', scope: EMPTY_SCOPE, sort: null, selection: null, captures: [] });
  });

  it('gives up the scope before the address grows beyond what programs pass on', () => {
    const given: Place = { view: 'dns', scope: { ...EMPTY_SCOPE, text: 'x'.repeat(20_000) }, sort: null, selection: null, captures: ['a'.repeat(64)] };
    const fragment = formatPlace(given);
    expect(fragment.length).toBeLessThanOrEqual(MAX_FRAGMENT);
    expect(parsePlace(fragment)).toMatchObject({ view: 'dns', captures: given.captures });
  });

  it('writes chips and selections that a person can read', () => {
    expect(chipText(valueChip('port', '443', true))).toBe('!port=443');
    expect(selectionText({ kind: 'packet', capture: 0, pkt: 1204 })).toBe('packet:0:1204');
    expect(packetOfRow('2:1203')).toEqual({ capture: 2, pkt: 1204 });
  });
});
