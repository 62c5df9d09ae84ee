// How the two bytes before a literal choose its prefix code (RFC 7932 §7.1).

export const CONTEXT_LSB6 = 0;
export const CONTEXT_MSB6 = 1;
export const CONTEXT_UTF8 = 2;
export const CONTEXT_SIGNED = 3;

/** Classes of ASCII after one another, four apart, as Lut0 has them: one letter a byte from 0x20, A = 0. */
const ASCII_CLASSES =
  'CDEDDFDEGHDDIDJDLLLLLLLLLLIIGKHDDMNNNMNNNMNNNNNM'
  + 'NNNNNMNNNNNGDHDDDOPPPOPPPOPPPPPOPPPPPOPPPPPGDHDA';

/** Lut0: of the byte before. */
export const UTF8_FIRST = Uint8Array.from({ length: 256 }, (_, c) => {
  if (c === 9 || c === 10 || c === 13) return 4;
  if (c < 32) return 0;
  if (c < 128) return (ASCII_CLASSES.charCodeAt(c - 32) - 65) * 4;
  return (c < 192 ? 0 : 2) + (c & 1);
});

/** Lut1: of the byte before that. */
export const UTF8_SECOND = Uint8Array.from({ length: 256 }, (_, c) => {
  if (c >= 97 && c <= 122) return 3;
  if ((c >= 48 && c <= 57) || (c >= 65 && c <= 90) || c >= 224) return 2;
  return c > 32 && c < 127 ? 1 : 0;
});

/** Lut2: eight classes of a byte as a signed number. */
const SIGNED = Uint8Array.from({ length: 256 }, (_, c) => (c === 0 ? 0 : c < 16 ? 1 : c < 64 ? 2 : c < 128 ? 3 : c < 192 ? 4 : c < 240 ? 5 : c < 255 ? 6 : 7));

export function signedContext(p1: number, p2: number): number {
  return ((SIGNED[p1] ?? 0) << 3) | (SIGNED[p2] ?? 0);
}
