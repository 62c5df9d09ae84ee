/**
 * One CSV field (RFC 4180), guarded against formula injection: text that a spreadsheet would run (=, +, -, @, tab,
 * carriage return in front) gets an apostrophe before it, as OWASP advises.
 */
export function csvField(value: string): string {
  const guarded = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(guarded) || guarded !== value ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** One CSV line with RFC 4180's line end. Numbers go as they are. */
export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map((value) => (typeof value === 'number' ? String(value) : csvField(value))).join(',')}\r\n`;
}
