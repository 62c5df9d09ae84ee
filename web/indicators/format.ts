import { csvLine } from './csv';
import { defang } from './defang';
import type { Indicator, Microseconds } from './types';

export type IndicatorFormat = 'table' | 'json' | 'csv' | 'text';

/** Widest value column of the table in characters; longer values are cut there, not in the other formats. */
const TABLE_VALUE_WIDTH = 72;

/**
 * Indicators for a terminal or a file, in the order given (best first). `json` is an array of `{kind, value, score,
 * severity, confidence, reasons, sightings}`, one element a line; `csv` one row an indicator; `text` is defanged prose,
 * every other format holds plain values. Ends with a newline.
 */
export function formatIndicators(indicators: readonly Indicator[], format: IndicatorFormat): string {
  switch (format) {
    case 'json': return json(indicators);
    case 'csv': return csv(indicators);
    case 'text': return text(indicators);
    case 'table': return table(indicators);
  }
}

function json(indicators: readonly Indicator[]): string {
  const lines = indicators.map(({ kind, value, score, severity, confidence, reasons, sightings }) =>
    JSON.stringify({ kind, value, score, severity, confidence, reasons, sightings }));
  return lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
}

const CSV_HEADER = ['kind', 'value', 'score', 'severity', 'confidence', 'reasons', 'first_seen', 'last_seen', 'count', 'observed', 'roles', 'hosts', 'packets', 'captures'];

/** Indicators as CSV; `also` are columns behind the others that say the same in every row: name and value. */
export function csv(indicators: readonly Indicator[], also: readonly (readonly [string, string])[] = []): string {
  let out = csvLine([...CSV_HEADER, ...also.map(([name]) => name)]);
  const last = also.map(([, value]) => value);
  for (const indicator of indicators) {
    const s = summary(indicator);
    out += csvLine([
      indicator.kind, indicator.value, indicator.score, indicator.severity, indicator.confidence, indicator.reasons.map((reason) => reason.text).join('; '),
      isoTime(s.first), isoTime(s.last), s.count, s.observed ? 'yes' : 'no', s.roles.join(' '), s.hosts.join(' '), s.pkts.join(' '), s.captures.join(' '), ...last,
    ]);
  }
  return out;
}

function text(indicators: readonly Indicator[]): string {
  let out = '';
  for (const indicator of indicators) {
    const s = summary(indicator);
    out += `${indicator.severity} ${indicator.score}  ${indicator.kind}  ${printable(defang(indicator.kind, indicator.value))}\n`;
    for (const reason of indicator.reasons) out += `    ${sign(reason.points)} ${printable(defangText(reason.text))}${reason.technique ? ` [${reason.technique}]` : ''}\n`;
    out += `    ${s.observed ? 'seen' : 'mentioned'} ${s.count}× ${isoTime(s.first)} – ${isoTime(s.last)} in ${s.roles.join(', ')}${s.hosts.length ? `; our hosts: ${s.hosts.map((host) => defang('ipv4-addr', host)).join(', ')}` : ''}\n`;
  }
  return out;
}

function table(indicators: readonly Indicator[]): string {
  const rows = indicators.map((indicator) => {
    const value = printable(indicator.value);
    return [
      indicator.severity, String(indicator.score), indicator.kind, value.length > TABLE_VALUE_WIDTH ? `${value.slice(0, TABLE_VALUE_WIDTH - 1)}…` : value,
      printable(indicator.reasons[0]?.text ?? ''),
    ];
  });
  const head = ['SEVERITY', 'SCORE', 'KIND', 'VALUE', 'WHY'];
  const widths = head.map((title, c) => rows.reduce((width, row) => Math.max(width, row[c]?.length ?? 0), title.length));
  const line = (cells: readonly string[]): string => cells.map((cell, c) => (c === 1 ? cell.padStart(widths[c] ?? 0) : c === 4 ? cell : cell.padEnd(widths[c] ?? 0))).join('  ').trimEnd();
  return `${[head, ...rows].map(line).join('\n')}\n`;
}

function summary(indicator: Indicator): { first: number; last: number; count: number; observed: boolean; roles: string[]; hosts: string[]; pkts: number[]; captures: string[] } {
  const { sightings } = indicator;
  // Packet numbers mean something within one capture only.
  const oneCapture = new Set(sightings.map((s) => s.capture)).size === 1;
  return {
    first: sightings.reduce((first, s) => Math.min(first, s.first_seen), Infinity), last: sightings.reduce((last, s) => Math.max(last, s.last_seen), -Infinity),
    count: sightings.reduce((sum, s) => sum + s.count, 0), observed: sightings.some((s) => s.observed),
    roles: [...new Set(sightings.map((s) => s.role))], hosts: [...new Set(sightings.flatMap((s) => s.hosts))].slice(0, 16),
    pkts: oneCapture ? [...new Set(sightings.flatMap((s) => s.pkts))].sort((a, b) => a - b).slice(0, 16) : [], captures: [...new Set(sightings.map((s) => s.capture))].filter((c) => c !== ''),
  };
}

/** `2024-03-01T12:00:00.123456Z` of microseconds since the epoch, '' when there is no time. */
export function isoTime(us: Microseconds): string {
  if (!Number.isFinite(us)) return '';
  const ms = Math.floor(us / 1000);
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return '';
  return `${date.toISOString().slice(0, -1)}${String(Math.floor(us - ms * 1000)).padStart(3, '0')}Z`;
}

/** Control and bidirectional characters made visible: a value must not steer a terminal. */
export function printable(value: string): string {
  // eslint-disable-next-line no-control-regex
  return value.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function sign(points: number): string {
  return points >= 0 ? `+${points}` : `−${-points}`;
}

/** Names, addresses and URLs inside a sentence, defanged. */
export function defangText(sentence: string): string {
  const dots = (match: string): string => match.replaceAll('.', '[.]');
  return sentence
    .replace(/\bhttp(s?):\/\//gi, 'hxxp$1://')
    .replace(/(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.]*\d)/g, dots)
    .replace(/(?<![a-z0-9.-])(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]+/gi, dots);
}
