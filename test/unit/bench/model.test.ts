import { describe, expect, it } from 'vitest';
import { modelled, modelTable, modelWords, type Phases } from '../../../bench/lib/model';

const PHASES: Phases = { start: 100, reading: 200, analysis: 2500, framing: 500, lines: 400, merging: 60 };

describe('the model for more cores', () => {
  it('is what was measured for one core', () => {
    expect(modelled(PHASES, 1)).toBe(3000);
  });

  it('deals out all but what each engine does again', () => {
    expect(modelled(PHASES, 2)).toBe(100 + 500 + 1000 + 200);
    expect(modelled(PHASES, 4)).toBe(100 + 500 + 500 + 100);
  });

  it('is never faster than what one thread does alone', () => {
    expect(modelled(PHASES, 1e6)).toBeCloseTo(100 + 500 + 60, 0);
    expect(modelled({ ...PHASES, reading: 900 }, 1e6)).toBeCloseTo(100 + 900 + 60, 0);
    expect(modelled({ ...PHASES, reading: 9000 }, 1)).toBe(100 + 9000 + 400);
    // Measured on a busy machine the repeated part may seem larger than the whole.
    expect(modelled({ ...PHASES, framing: 9999 }, 4)).toBe(100 + 2500 + 100);
  });

  it('is told with what it rests on', () => {
    expect(modelTable(PHASES)).toMatch(/^\| 4 +\| 1\.20 \| +2\.50 ×/m);
    expect(modelWords(PHASES)).toContain('one engine 2.50 s, of which each of several does 0.50 s again');
  });
});
