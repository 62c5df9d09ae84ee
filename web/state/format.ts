import type { Microseconds } from '../indicators/types';
import type { TimeZone } from '../worker/api';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A whole number with thousands separated: `88,310`. */
export function count(n: number): string {
  return grouped.format(n);
}

/** `1 packet`, `2 packets`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes with a decimal unit and three figures: `1.20 MB`. */
export function bytes(n: number): string {
  let value = Math.max(0, n);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return `${Math.round(value)} B`;
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${UNITS[unit] ?? ''}`;
}

/** A span of time in words that stay short: `0.4 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`. */
export function span(seconds: number): string {
  const s = Math.max(0, seconds);
  if (s === 0) return '0 s';
  if (s < 0.001) return `${Math.round(s * 1e6)} µs`;
  if (s < 1) return `${Math.round(s * 1000)} ms`;
  if (s < 59.95) return `${s < 9.95 ? s.toFixed(1).replace('.0', '') : Math.round(s)} s`;
  const whole = Math.round(s);
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ''}`;
  const minutes = Math.round(s / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`;
  const hours = Math.round(s / 3600);
  return `${Math.floor(hours / 24)} d${hours % 24 ? ` ${hours % 24} h` : ''}`;
}

/** A part of a whole in percent; 100 % only when nothing is missing. */
export function percent(share: number): string {
  const value = Math.min(Math.max(share, 0), 1) * 100;
  if (value === 100) return '100 %';
  if (value > 99.9) return '99.9 %';
  return `${value.toFixed(1)} %`;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: TimeZone): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (!found) {
    const options: Intl.DateTimeFormatOptions = {
      year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
      calendar: 'iso8601', numberingSystem: 'latn',
    };
    if (zone !== 'local') options.timeZone = zone;
    try {
      found = new Intl.DateTimeFormat('en-GB', options);
    } catch {
      found = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
    formatters.set(zone, found);
  }
  return found;
}

/** Date and clock of an instant in a zone, with `digits` of the second's fraction (0–6). */
export function dateAndClock(at: Microseconds, zone: TimeZone, digits = 3): { date: string; clock: string } {
  const ms = Math.floor(at / 1000);
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return { date: '?', clock: '?' };
  const part: Record<string, string> = {};
  for (const { type, value } of formatter(zone).formatToParts(ms)) part[type] = value;
  const micros = Math.round(at - Math.floor(at / 1e6) * 1e6);
  const fraction = digits > 0 ? `.${String(micros).padStart(6, '0').slice(0, digits)}` : '';
  return {
    date: `${(part.year ?? '').padStart(4, '0')}-${part.month ?? ''}-${part.day ?? ''}`,
    clock: `${part.hour ?? ''}:${part.minute ?? ''}:${part.second ?? ''}${fraction}`,
  };
}

/** `2026-03-02 12:02:03.123` in a zone. */
export function instant(at: Microseconds | null | undefined, zone: TimeZone, digits = 3): string {
  if (at === null || at === undefined) return '–';
  const { date, clock } = dateAndClock(at, zone, digits);
  return `${date} ${clock}`;
}

/** A time span for a chip or a header; the date is not repeated when both ends share it. */
export function interval(from: Microseconds | null, to: Microseconds | null, zone: TimeZone): string {
  if (from === null && to === null) return 'all of it';
  const digits = from !== null && to !== null && to - from < 10e6 ? 3 : 0;
  if (from === null) return `before ${instant(to, zone, digits)}`;
  if (to === null) return `from ${instant(from, zone, digits)}`;
  const a = dateAndClock(from, zone, digits);
  const b = dateAndClock(to, zone, digits);
  return a.date === b.date ? `${a.date} ${a.clock} – ${b.clock}` : `${a.date} ${a.clock} – ${b.date} ${b.clock}`;
}

/** Zones that the setting offers first; the browser's full list follows. @param only instead of that list only this one */
export function timeZones(only: TimeZone | null = null): readonly { value: TimeZone; title: string }[] {
  const own = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const rest = only !== null ? [only] : typeof Intl.supportedValuesOf === 'function' ? Intl.supportedValuesOf('timeZone') : [];
  return [
    { value: 'UTC', title: 'UTC' },
    { value: 'local', title: own && own !== 'UTC' ? `Local (${own})` : 'Local' },
    ...rest.filter((zone) => zone !== 'UTC' && zone !== 'local').map((zone) => ({ value: zone, title: zone })),
  ];
}
