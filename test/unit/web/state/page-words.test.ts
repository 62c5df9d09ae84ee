import { describe, expect, it } from 'vitest';
import { visibleColumns, timeParts, toggledColumn, widthOf, isFilterable } from '../../../../web/state/columns';
import { evidence, summary } from '../../../../web/state/indicator-view';
import { intakeOf } from '../../../../web/state/intake';
import { CHORD_MS, KeyReader, KEYS } from '../../../../web/state/keys';
import { isOutside } from '../../../../web/state/outside.svelte';
import { caseName, progressWords, statusWords, totals } from '../../../../web/state/status';
import { barShare, binTotals, ticks, timeToX, xToTime } from '../../../../web/state/timeline-view';
import { VIEWS } from '../../../../web/state/views';
import type { CaptureInfo, RunProgress, TableColumn } from '../../../../web/worker/api';
import { INCIDENT } from '../../../support/fake-analysis';

const capture = (id: number, state: CaptureInfo['state'], message = ''): CaptureInfo => ({
  id, name: `c${id}.pcap`, size: 1000, sha256: '', format: 'pcap', packets: state === 'running' ? 0 : 10, first_ts: 0, last_ts: 1, state, message, attached: true,
});
const progress = (id: number, bytes: number, seconds_left: number | null): RunProgress => ({ capture: id, bytes, total: 1000, packets: 5, flows: 1, rate: 100, seconds_left });
const FIGURES = { packets: 88_310, bytes: 61_402_113, flows: 1204, indicators: 1 };

describe('the state of a run', () => {
  it('is announced in tenths, and at the end as Done with the figures', () => {
    const running = [capture(0, 'running')];
    expect(statusWords([], {}, null)).toBe('Ready for a capture');
    expect(statusWords(running, { 0: progress(0, 449, 3) }, null)).toBe(statusWords(running, { 0: progress(0, 401, 3) }, null));
    expect(statusWords(running, { 0: progress(0, 449, 3) }, null)).toBe('Analysing c0.pcap: 40 %');
    expect(statusWords([capture(0, 'done')], {}, null)).toBe('Finishing');
    expect(statusWords([capture(0, 'done')], {}, FIGURES)).toBe('Done: 88,310 packets, 61.4 MB, 1,204 flows, 1 indicator');
  });

  it('says that it stops while what was read is handed over', () => {
    expect(statusWords([capture(0, 'running')], {}, null, ['a.pcap'], true)).toBe('Stopping. What was read until now stays');
  });

  it('says what was stopped and what could not be read', () => {
    expect(statusWords([capture(0, 'stopped')], {}, FIGURES)).toMatch(/^Done: .*\. Stopped early$/);
    expect(statusWords([capture(0, 'done'), capture(1, 'failed', 'x')], {}, FIGURES)).toMatch(/1 of 2 files could not be read$/);
    expect(statusWords([capture(0, 'failed', 'This file is no capture.')], {}, FIGURES)).toBe('Nothing could be analysed. This file is no capture.');
  });

  it('adds several runs up; the last to end tells the time left', () => {
    const both = totals([capture(0, 'done'), capture(1, 'running'), capture(2, 'running')], { 1: progress(1, 500, 4), 2: progress(2, 100, 9) });
    expect(both).toMatchObject({ bytes: 1600, total: 3000, packets: 20, rate: 200, secondsLeft: 9 });
    expect(progressWords(both)).toBe('1.60 kB of 3.00 kB · 20 packets · 200 B/s · 9 s left');
    expect(caseName([capture(0, 'done'), capture(1, 'done')])).toBe('c0.pcap + 1 more');
  });
});

describe('keys', () => {
  const stroke = (key: string, ctrlKey = false) => ({ key, ctrlKey, metaKey: false, altKey: false });

  it('stand once each in the one table', () => {
    expect(new Set(KEYS.map((binding) => binding.keys)).size).toBe(KEYS.length);
    for (const view of VIEWS) expect(KEYS.some((binding) => binding.command === `go:${view.name}`)).toBe(true);
  });

  it('are read, pairs within their time', () => {
    const reader = new KeyReader();
    expect(reader.read(stroke('/'), 0)).toBe('filter');
    expect(reader.read(stroke('k', true), 0)).toBe('search');
    expect(reader.read(stroke('Escape'), 0)).toBe('back');
    expect(reader.read(stroke('g'), 0)).toBeNull();
    expect(reader.read(stroke('i'), 100)).toBe('go:indicators');
    expect(reader.read(stroke('i'), 200)).toBe('advisory');
    reader.read(stroke('g'), 1000);
    expect(reader.read(stroke('i'), 1001 + CHORD_MS)).toBe('advisory');
    expect(reader.read(stroke('y'), 0)).toBe('copy-defanged');
    expect(reader.read(stroke('Y'), 0)).toBe('copy-plain');
    expect(reader.read({ ...stroke('j'), altKey: true }, 0)).toBeNull();
    expect(reader.read(stroke('c', true), 0)).toBeNull();
  });
});

describe('dropped files', () => {
  const head = (text: string) => new TextEncoder().encode(text);
  it('are told apart by what is in them', () => {
    expect(intakeOf('x.pcap', new Uint8Array([0xd4, 0xc3, 0xb2, 0xa1]))).toBe('capture');
    expect(intakeOf('bundle', head('\n { "type": "bundle", "id"'))).toBe('bundle');
    expect(intakeOf('b.json', head('{"objects": []'))).toBe('bundle');
    expect(intakeOf('b.age', head('age-encryption.org/v1\n'))).toBe('bundle');
    expect(intakeOf('odd', head('{"hello": 1}'))).toBe('capture');
    expect(intakeOf('empty', new Uint8Array(0))).toBe('capture');
  });

  it('requests to other places are counted, the page’s own are not', () => {
    expect(isOutside('https://other.example/x', 'https://me.example')).toBe(true);
    expect(isOutside('wss://me.example/x', 'https://me.example')).toBe(false);
    for (const own of ['https://me.example/a.js', 'blob:https://me.example/1', 'data:text/plain,x', 'eval']) expect(isOutside(own, 'https://me.example')).toBe(false);
  });
});

describe('the timeline', () => {
  const axis = { from: 1000, to: 3000, width: 200 };
  it('maps time to px and back', () => {
    expect(timeToX(axis, 2000)).toBe(100);
    expect(xToTime(axis, 50)).toBe(1500);
    expect(xToTime(axis, -9)).toBe(1000);
    expect(timeToX({ from: 5, to: 5, width: 10 }, 5)).toBe(0);
  });

  it('keeps quiet traffic visible beside loud', () => {
    expect(binTotals({ from: 0, to: 1, bins: 2, bytes: [[1, 2], [3, 0]], marks: [] })).toEqual({ totals: [4, 2], largest: 4 });
    expect(barShare(1, 10_000)).toBe(0.01);
    expect(barShare(0, 0)).toBe(0);
  });

  it('sets ticks at round times of the zone', () => {
    const start = Date.UTC(2026, 2, 2, 12, 2, 3) * 1000;
    expect(ticks({ from: start, to: start + 1_860e6, width: 1252 }, 'UTC').map((tick) => tick.label)).toEqual(['12:05', '12:10', '12:15', '12:20', '12:25', '12:30']);
    expect(ticks({ from: start, to: start + 1_860e6, width: 1252 }, 'Asia/Tokyo')[0]?.label).toBe('21:05');
    expect(ticks({ from: start, to: start + 4000, width: 600 }, 'UTC')[0]?.label).toMatch(/^12:02:03\.00/);
    expect(ticks({ from: 0, to: 0, width: 600 }, 'UTC')).toEqual([]);
  });
});

describe('columns', () => {
  const columns: readonly TableColumn[] = ['a', 'b', 'c'].map((name, i) => ({ name, title: name, kind: i === 2 ? 'bytes' : 'text', shown: i < 2, width: 100 }));
  const none = { shown: null, widths: {} };
  it('follow the choice, and never vanish altogether', () => {
    expect(visibleColumns(columns, none).map((column) => column.name)).toEqual(['a', 'b']);
    expect(toggledColumn(columns, none, 'c')).toEqual(['a', 'b', 'c']);
    expect(toggledColumn(columns, { shown: ['a'], widths: {} }, 'a')).toEqual(['a']);
    expect(visibleColumns(columns, { shown: ['gone'], widths: {} })).toHaveLength(2);
    expect(widthOf(columns[0] as TableColumn, { shown: null, widths: { a: 250 } })).toBe(250);
    const ts: TableColumn = { name: 'ts', title: 'Time', kind: 'time', shown: true, width: 206 };
    expect([widthOf(ts, none), widthOf(ts, none, true), widthOf({ ...ts, name: 'certificate.not_valid_after' }, none, true)]).toEqual([206, 126, 206]);
    expect(timeParts('2026-03-02 12:02:03', '2026-03-02')).toEqual({ date: '', clock: '12:02:03' });
    expect(timeParts('2027-03-02 12:02:03', '2026-03-02')).toEqual({ date: '2027-03-02 ', clock: '12:02:03' });
    expect(columns.map(isFilterable)).toEqual([true, true, false]);
    const capture: TableColumn = { name: 'capture', title: 'Capture', kind: 'text', shown: false, width: 130 };
    expect(visibleColumns([...columns, capture], none, true).map((column) => column.name)).toEqual(['a', 'capture', 'b']);
    expect(visibleColumns([...columns, capture], { shown: ['b'], widths: {} }, true).map((column) => column.name)).toEqual(['b']);
  });
});

describe('an indicator in words', () => {
  const domain = INCIDENT[0];
  it('keeps what was observed apart from what was only mentioned', () => {
    if (!domain) throw new Error('the incident has no domain');
    const facts = evidence(domain);
    expect(facts.observed.map((sighting) => sighting.role)).toEqual(['DNS::IN_REQUEST']);
    expect(facts.mentioned).toHaveLength(1);
    expect(summary(domain, 'UTC')).toMatch(/^A domain seen in traffic by 10\.7\.10\.47, from 2026-03-02 .*, 433 kB carried\.$/);
    expect(summary({ ...domain, sightings: facts.mentioned }, 'UTC')).toMatch(/only mentioned \(1 time\).*No traffic went there\.$/);
    expect(summary({ ...domain, kind: 'ipv4-addr', sightings: [] }, 'UTC')).toBe('An IPv4 address, without a sighting in this case.');
    expect(summary({ ...domain, kind: 'url', sightings: [] }, 'UTC')).toMatch(/^A URL/);
  });
});
