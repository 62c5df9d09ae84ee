import { expect, it } from 'vitest';
import { Staging } from '../../../../web/body/staging';

it('gives buffers again that were given back, each to one body at a time', () => {
  const staging = new Staging(1 << 20);
  const [a, b] = [staging.take(70_000), staging.take(70_000)];
  expect([a.length, b.length]).toEqual([70_000, 70_000]);
  expect(a.buffer).not.toBe(b.buffer);
  staging.give(a);
  const again = staging.take(100_000);
  expect(again.buffer).toBe(a.buffer);
  expect(again.length).toBe(100_000);
  expect(staging.take(100_000).buffer).not.toBe(a.buffer);
});

it('keeps no large buffer busy with a small body', () => {
  const staging = new Staging(1 << 20);
  const large = staging.take(500_000);
  staging.give(large);
  expect(staging.take(10).buffer).not.toBe(large.buffer);
  expect(staging.take(400_000).buffer).toBe(large.buffer);
});

it('keeps no more than it may', () => {
  const staging = new Staging(200_000);
  const taken = [staging.take(100_000), staging.take(100_000)];
  taken.forEach((bytes) => staging.give(bytes));
  const buffers = taken.map(({ buffer }) => buffer);
  expect(buffers).toContain(staging.take(100_000).buffer);
  expect(buffers).not.toContain(staging.take(100_000).buffer);
});
