import type { TimeZone } from '../api';

const QUARTER = 900_000_000;
const offsets = new Map<string, Map<number, number>>();
const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', {
        ...(zone === 'local' ? {} : { timeZone: zone }), hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
        hour: 'numeric', minute: 'numeric', second: 'numeric',
      });
    } catch {
      // A zone that this platform does not know is shown as UTC.
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

/** Microseconds that a zone is ahead of UTC at a time; zones change on quarters of an hour at the finest. */
function offsetAt(micros: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const quarter = Math.floor(micros / QUARTER);
  let known = offsets.get(zone);
  if (!known) offsets.set(zone, known = new Map());
  let offset = known.get(quarter);
  if (offset === undefined) {
    const start = quarter * QUARTER / 1000;
    const format = formatOf(zone);
    offset = 0;
    if (format && Math.abs(start) < 8.64e15) {
      const parts: Record<string, number> = {};
      for (const { type, value } of format.formatToParts(start)) parts[type] = Number(value);
      const local = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute, parts.second);
      offset = (local - Math.floor(start / 1000) * 1000) * 1000;
    }
    if (known.size > 10_000) known.clear();
    known.set(quarter, offset);
  }
  return offset;
}

/** `2026-03-31 12:02:05.123456` in the zone; '' for what is no time of the calendar. */
export function formatTime(micros: number, zone: TimeZone): string {
  const shifted = micros + offsetAt(micros, zone);
  const ms = Math.floor(shifted / 1000);
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return '';
  const iso = new Date(ms).toISOString();
  const us = String(shifted - ms * 1000).padStart(3, '0').slice(0, 3);
  return `${iso.slice(0, -1).replace('T', ' ')}${us}`;
}
