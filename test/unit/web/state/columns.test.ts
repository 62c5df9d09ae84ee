import { describe, expect, it } from 'vitest';
import { fits } from '../../../../web/state/columns';

describe('whether a cell shows its whole text', () => {
  it('is not known before a character was measured', () => {
    expect(fits('', 200, 0)).toBe(false);
  });

  it('counts the padding', () => {
    expect(fits('0'.repeat(10), 16 + 72, 7.2)).toBe(true);
    expect(fits('0'.repeat(10), 16 + 71, 7.2)).toBe(false);
  });

  it('is never sure of what is not ASCII, which may be wider', () => {
    expect(fits('名', 500, 7.2)).toBe(false);
    expect(fits('a', 500, 7.2, 'ü.example')).toBe(false);
    expect(fits('a\tb', 500, 7.2)).toBe(false);
  });

  it('leaves room for a name of the widest letters beside the value', () => {
    // 10 letters as wide as they are high, at 11.5 px.
    expect(fits('10.0.0.1', 16 + 8 * 7.2 + 8 + 115, 7.2, 'WWWWWWWWWW')).toBe(false);
    expect(fits('10.0.0.1', 16 + 8 * 7.2 + 8 + 120, 7.2, 'WWWWWWWWWW')).toBe(true);
  });
});
