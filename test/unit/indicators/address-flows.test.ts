import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AddressFlows } from '../../../web/indicators/address-flows';
import type { FlowIndex } from '../../../web/logs/flow-index';

const ADDRESSES = 5;
const address = fc.nat(ADDRESSES - 1);

describe('the flows of an address', () => {
  it('are those that it began and those that came to it, in the order of the index', () => {
    fc.assert(fc.property(fc.array(fc.tuple(address, address)), fc.array(fc.nat()), (ends, keys) => {
      const orig = Int32Array.from([-1, ...ends.map(([from]) => from)]);
      const resp = Int32Array.from([-1, ...ends.map(([, to]) => to)]);
      // Ordinals begin at 1; some order, with some flows left out.
      const ordered = Uint32Array.from(ends.map((_, i) => i + 1).filter((flow) => (keys[flow] ?? 1) % 7 !== 0).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0)));
      const flows = new AddressFlows({ ordered, orig, resp, book: { count: ADDRESSES } } as FlowIndex);
      for (let one = 0; one < ADDRESSES; one++) {
        expect(Array.from(flows.from(one))).toEqual(Array.from(ordered).filter((flow) => orig[flow] === one));
        expect(Array.from(flows.to(one))).toEqual(Array.from(ordered).filter((flow) => resp[flow] === one));
      }
    }));
  });
});
