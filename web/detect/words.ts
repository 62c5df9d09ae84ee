// How findings write figures.

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** `1.4 MB`: decimal units, two or three figures. */
export function bytesText(bytes: number): string {
  let unit = 0;
  let value = bytes;
  while (value >= 1000 && unit < UNITS.length - 1) { value /= 1000; unit++; }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit]}`;
}

/** Microseconds as `0.4 s`, `12 s`, `5 min`, `3 h`, `12 days`. */
export function durationText(us: number): string {
  const s = us / 1e6;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  if (s < 7200) return `${Math.round(s / 60)} min`;
  if (s < 172_800) return `${Math.round(s / 3600)} h`;
  return `${Math.round(s / 86_400)} days`;
}

/** `1,204`. */
export function countText(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `2024-03-01` of microseconds since the epoch. */
export function dateText(us: number): string {
  const date = new Date(us / 1000);
  return Number.isNaN(date.getTime()) ? 'an impossible date' : date.toISOString().slice(0, 10);
}

/** A value from the capture for a sentence: control characters out, at most 80 characters. */
export function quote(text: string): string {
  // eslint-disable-next-line no-control-regex
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '·');
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
}

/** Median of numbers, which are put in order; 0 of none. */
export function medianOf(values: Float64Array): number {
  if (values.length === 0) return 0;
  values.sort();
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
}

/** Shannon entropy in bits a character. */
export function entropy(text: string): number {
  if (text.length === 0) return 0;
  const counts = new Map<string, number>();
  for (const c of text) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / text.length) * Math.log2(n / text.length);
  return bits;
}
