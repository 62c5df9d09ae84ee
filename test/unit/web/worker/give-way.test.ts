import { describe, expect, it } from 'vitest';
import { GiveWay } from '../../../../web/worker/give-way';

/** A clock that only moves when something sleeps or works. */
function clock(processors = 2): { now: number; slept: number; way: GiveWay } {
  const state = { now: 1000, slept: 0, way: new GiveWay() };
  state.way = new GiveWay(() => state.now, (milliseconds) => {
    state.now += milliseconds;
    state.slept += milliseconds;
    return Promise.resolve();
  }, processors);
  return state;
}

/** Works in pieces of so many milliseconds while the page is used, resting after each where it is time to. @returns milliseconds worked */
async function workInUse(state: ReturnType<typeof clock>, pieces: number, milliseconds: number, rest: 'rest' | 'leisure' = 'rest'): Promise<number> {
  for (let piece = 0; piece < pieces; piece++) {
    state.way.used();
    state.now += milliseconds;
    await state.way[rest]();
  }
  return pieces * milliseconds;
}

describe('a worker beside a page', () => {
  it('never rests while nobody uses the page', async () => {
    const state = clock();
    for (let piece = 0; piece < 100; piece++) {
      state.now += 3;
      await state.way.rest();
    }
    expect(state.slept).toBe(0);
    expect(state.way.inUse()).toBe(false);
  });

  it('works in short spells while the page is used, and has about a quarter of the time', async () => {
    const state = clock();
    const worked = await workInUse(state, 100, 3);
    expect(state.slept).toBeGreaterThan(worked * 2);
    expect(state.slept).toBeLessThan(worked * 4);
  });

  it('never rests where there are processors enough for both', async () => {
    const state = clock(8);
    await workInUse(state, 100, 3);
    expect(state.slept).toBe(0);
  });

  it('goes on at full speed soon after the last use', async () => {
    const state = clock();
    state.way.used();
    expect(state.way.inUse()).toBe(true);
    await state.way.rest();
    const slept = state.slept;
    state.now += 300;
    expect(state.way.inUse()).toBe(false);
    for (let piece = 0; piece < 20; piece++) {
      state.now += 3;
      await state.way.rest();
    }
    expect(state.slept).toBe(slept);
  });

  it('leaves nearly all of the time where nobody waits for the work', async () => {
    const state = clock();
    const worked = await workInUse(state, 20, 12, 'leisure');
    expect(state.slept).toBeGreaterThan(worked * 5);
  });
});
