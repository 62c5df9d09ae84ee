import type { CaptureInfo, RunProgress } from '../worker/api';
import { bytes, count, counted, span } from './format';

/** Figures that the end of a run is announced with. */
export interface DoneFigures {
  readonly packets: number;
  readonly bytes: number;
  readonly flows: number;
  readonly indicators: number;
}

export type Progresses = Readonly<Record<number, RunProgress>>;

/** All runs together: bytes read, bytes in all, packets, bytes a second, seconds left (null = not known). */
export interface Totals {
  readonly bytes: number;
  readonly total: number;
  readonly packets: number;
  readonly rate: number;
  readonly secondsLeft: number | null;
  /** 0–1. */
  readonly share: number;
}

/** Adds up the runs that go on. */
export function totals(captures: readonly CaptureInfo[], progress: Progresses): Totals {
  let read = 0;
  let total = 0;
  let packets = 0;
  let rate = 0;
  let secondsLeft: number | null = null;
  for (const capture of captures) {
    const own = progress[capture.id];
    total += capture.size;
    if (capture.state !== 'running') {
      read += capture.size;
      packets += capture.packets;
      continue;
    }
    read += own?.bytes ?? 0;
    packets += own?.packets ?? capture.packets;
    rate += own?.rate ?? 0;
    if (own?.seconds_left != null) secondsLeft = Math.max(secondsLeft ?? 0, own.seconds_left);
  }
  return { bytes: read, total, packets, rate, secondsLeft, share: total > 0 ? Math.min(read / total, 1) : 0 };
}

/** `412 MB of 1.00 GB · 1,204,332 packets · 96.1 MB/s · 6 s left`. */
export function progressWords(t: Totals): string {
  const parts = [`${bytes(t.bytes)} of ${bytes(t.total)}`, counted(t.packets, 'packet')];
  if (t.rate > 0) parts.push(`${bytes(t.rate)}/s`);
  if (t.secondsLeft !== null) parts.push(`${span(Math.max(1, Math.round(t.secondsLeft)))} left`);
  return parts.join(' · ');
}

/**
 * What the status element says. While a run goes on it changes with every tenth only, so that a screen reader is not
 * talked to death; at the end it reads `Done` and the figures.
 */
export function statusWords(captures: readonly CaptureInfo[], progress: Progresses, done: DoneFigures | null, queue: readonly string[] = [], stopping = false): string {
  if (stopping) return 'Stopping. What was read until now stays';
  if (queue.length > 0 && !captures.some((capture) => capture.state === 'running')) return `Opening ${queue.join(', ')}`;
  if (captures.length === 0) return 'Ready for a capture';
  if (captures.some((capture) => capture.state === 'running')) {
    const tenth = Math.floor(totals(captures, progress).share * 10) * 10;
    return `Analysing ${captures.length === 1 ? captures[0]?.name ?? '' : counted(captures.length, 'capture')}: ${tenth} %`;
  }
  const failed = captures.filter((capture) => capture.state === 'failed');
  if (failed.length === captures.length) return `Nothing could be analysed. ${failed[0]?.message ?? ''}`.trim();
  if (!done) return 'Finishing';
  const figures = [
    counted(done.packets, 'packet'), bytes(done.bytes), counted(done.flows, 'flow'), counted(done.indicators, 'indicator'),
  ].join(', ');
  const stopped = captures.filter((capture) => capture.state === 'stopped').length;
  const notes: string[] = [];
  if (stopped > 0) notes.push(captures.length === 1 ? 'Stopped early' : `${count(stopped)} stopped early`);
  if (failed.length > 0) notes.push(`${count(failed.length)} of ${count(captures.length)} files could not be read`);
  return `Done: ${figures}${notes.length ? `. ${notes.join('. ')}` : ''}`;
}

/** Name of the case: its captures. */
export function caseName(captures: readonly CaptureInfo[]): string {
  const first = captures.find((capture) => capture.state !== 'failed' || capture.packets > 0) ?? captures[0];
  if (!first) return '';
  return captures.length === 1 ? first.name : `${first.name} + ${count(captures.length - 1)} more`;
}

/** Words of the page's title. */
export function pageTitle(captures: readonly CaptureInfo[], view: string): string {
  return captures.length === 0 ? 'Capsift' : `${view} · ${caseName(captures)} · Capsift`;
}
