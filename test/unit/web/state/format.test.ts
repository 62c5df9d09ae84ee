import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, count, counted, dateAndClock, instant, interval, percent, span, timeZones } from '../../../../web/state/format';

describe('figures', () => {
  it('writes counts and bytes as the page shows them', () => {
    expect(count(88_310)).toBe('88,310');
    expect(counted(1, 'packet')).toBe('1 packet');
    expect(counted(0, 'capture')).toBe('0 captures');
    expect([0, 999, 1000, 61_402_113, 999_950, 312e6, 1.2e12].map(bytes)).toEqual(['0 B', '999 B', '1.00 kB', '61.4 MB', '1.00 MB', '312 MB', '1.20 TB']);
  });

  it('never writes four figures before the unit', () => {
    fc.assert(fc.property(fc.double({ min: 0, max: 9e14, noNaN: true }), (n) => { expect(bytes(n)).toMatch(/^\d{1,3}(?:\.\d{1,2})? (?:B|kB|MB|GB|TB)$/); }));
  });

  it('writes spans in words that stay short', () => {
    expect([0, 0.00004, 0.4, 9.94, 45, 59.97, 192, 3600, 7500, 86_400 * 3 + 4 * 3600].map(span))
      .toEqual(['0 s', '40 µs', '400 ms', '9.9 s', '45 s', '1 min', '3 min 12 s', '1 h', '2 h 5 min', '3 d 4 h']);
  });

  it('says 100 % only when nothing is missing', () => {
    expect([1, 0.9999999, 0.992, 0].map(percent)).toEqual(['100 %', '99.9 %', '99.2 %', '0.0 %']);
  });
});

describe('times', () => {
  const at = Date.UTC(2026, 2, 29, 0, 59, 59) * 1000 + 123_456;

  it('honours the one zone, summer time included', () => {
    expect(instant(at, 'UTC', 6)).toBe('2026-03-29 00:59:59.123456');
    expect(instant(at, 'Europe/Berlin')).toBe('2026-03-29 01:59:59.123');
    // A second later Berlin goes to summer time.
    expect(instant(at + 1e6, 'Europe/Berlin', 0)).toBe('2026-03-29 03:00:00');
    expect(instant(at, 'America/New_York', 0)).toBe('2026-03-28 20:59:59');
  });

  it('falls back to UTC for a zone that the browser does not know, and keeps times before 1970', () => {
    expect(instant(at, 'Mars/Olympus', 0)).toBe(instant(at, 'UTC', 0));
    expect(dateAndClock(-1, 'UTC', 6)).toEqual({ date: '1969-12-31', clock: '23:59:59.999999' });
    expect(instant(null, 'UTC')).toBe('–');
    expect(instant(1e30, 'UTC')).toBe('? ?');
  });

  it('does not repeat the date of a span within one day of the zone', () => {
    expect(interval(at, at + 60e6, 'UTC')).toBe('2026-03-29 00:59:59 – 01:00:59');
    expect(interval(at, at + 60e6, 'Asia/Tokyo')).toBe('2026-03-29 09:59:59 – 10:00:59');
    expect(interval(at, at + 86_400e6, 'UTC')).toBe('2026-03-29 00:59:59 – 2026-03-30 00:59:59');
    expect(interval(null, null, 'UTC')).toBe('all of it');
  });

  it('agrees with the platform to the microsecond in UTC', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 4e15 }), (us) => {
      const { date, clock } = dateAndClock(us, 'UTC', 6);
      const iso = new Date(Math.floor(us / 1000)).toISOString();
      expect(`${date}T${clock}`).toBe(`${iso.slice(0, -1)}${String(us % 1000).padStart(3, '0')}`);
    }));
  });

  it('offers UTC and the local zone first', () => {
    expect(timeZones().slice(0, 2).map((zone) => zone.value)).toEqual(['UTC', 'local']);
  });
});
