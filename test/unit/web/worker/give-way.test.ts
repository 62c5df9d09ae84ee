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
    let worked = 0;
    for (let piece = 0; piece < 100; piece++) {
      state.way.used();
      state.now += 3;
      worked += 3;
      await state.way.rest();
    }
    expect(state.slept).toBeGreaterThan(worked * 2);
    expect(state.slept).toBeLessThan(worked * 4);
  });

  it('never rests where there are processors enough for both', async () => {
    const state = clock(8);
    for (let piece = 0; piece < 100; piece++) {
      state.way.used();
      state.now += 3;
      await state.way.rest();
    }
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
    let worked = 0;
    for (let piece = 0; piece < 20; piece++) {
      state.way.used();
      state.now += 12;
      worked += 12;
      await state.way.leisure();
    }
    expect(state.slept).toBeGreaterThan(worked * 5);
  });
});
