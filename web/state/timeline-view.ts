import type { Timeline } from '../worker/api';
import type { Microseconds } from '../indicators/types';
import { dateAndClock } from './format';

/** Geometry of the timeline: time ↔ px. */
export interface TimeAxis {
  readonly from: Microseconds;
  readonly to: Microseconds;
  readonly width: number;
}

/** Px of an instant. */
export function timeToX(axis: TimeAxis, at: Microseconds): number {
  return axis.to <= axis.from ? 0 : ((at - axis.from) / (axis.to - axis.from)) * axis.width;
}

/** Instant of a px, held inside the axis. */
export function xToTime(axis: TimeAxis, x: number): Microseconds {
  if (axis.width <= 0) return axis.from;
  return axis.from + (Math.min(Math.max(x, 0), axis.width) / axis.width) * (axis.to - axis.from);
}

/** Bytes of each bin, all classes together, and the largest. */
export function binTotals(timeline: Timeline): { totals: readonly number[]; largest: number } {
  const totals = new Array<number>(timeline.bins).fill(0);
  for (const row of timeline.bytes) {
    for (let i = 0; i < timeline.bins; i++) totals[i] = (totals[i] ?? 0) + (row[i] ?? 0);
  }
  return { totals, largest: totals.reduce((most, value) => Math.max(most, value), 0) };
}

/**
 * Height of a bar between 0 and 1. The square root keeps quiet traffic (a beacon beside a download) visible; the axis says
 * so.
 */
export function barShare(value: number, largest: number): number {
  return largest > 0 && value > 0 ? Math.sqrt(value / largest) : 0;
}

const STEPS_S = [
  1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120,
  300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000, 7776000, 31536000,
] as const;

/** Px that a character of a label takes, padding included. */
const LABEL_CHARACTER = 8;

export interface Tick {
  readonly x: number;
  readonly label: string;
}

/** Ticks at round times, at least `apart` px from each other, labelled in a zone. */
export function ticks(axis: TimeAxis, zone: string, apart = 110): readonly Tick[] {
  const seconds = (axis.to - axis.from) / 1e6;
  if (seconds <= 0 || axis.width < apart) return [];
  const least = (seconds * apart) / axis.width;
  const step = STEPS_S.find((candidate) => candidate >= least) ?? (STEPS_S[STEPS_S.length - 1] as number);
  const digits = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step)));
  const found: Tick[] = [];
  const us = step * 1e6;
  let date = '';
  for (let at = Math.ceil(axis.from / us) * us; at <= axis.to && found.length < 100; at += us) {
    const { date: day, clock } = dateAndClock(at, zone, digits);
    const time = step >= 86400 ? day : step >= 60 ? clock.slice(0, 5) : clock;
    const x = timeToX(axis, at);
    const label = day !== date && step < 86400 && seconds > 86400 ? `${day.slice(5)} ${time}` : time;
    // A label that would be cut off at the end could be misread.
    found.push({ x, label: x + label.length * LABEL_CHARACTER <= axis.width ? label : '' });
    date = day;
  }
  return found;
}
