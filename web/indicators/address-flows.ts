import type { FlowIndex } from '../logs/flow-index';

/**
 * The flows of each address of a capture, as far as there were any when this was made: found when somebody asks for those
 * of one, in two passes over all. Flows keep the order of the index.
 */
export class AddressFlows {
  /** The order stays as it was: an index that grows makes another. */
  private readonly ordered: Uint32Array;
  private readonly addresses: number;
  private originated: Grouped | null = null;
  private answered: Grouped | null = null;

  constructor(readonly index: FlowIndex) {
    this.ordered = index.ordered;
    this.addresses = index.book.count;
  }

  /** Flows that an address (number of the index's book) began; borrowed. */
  from(address: number): Uint32Array {
    return (this.originated ??= group(this.ordered, this.index.orig, this.addresses)).of(address);
  }

  /** Flows that came to an address; borrowed. */
  to(address: number): Uint32Array {
    return (this.answered ??= group(this.ordered, this.index.resp, this.addresses)).of(address);
  }
}

/** Flows one address after the other: those of address a are `flows[ends[a − 1] .. ends[a])`. */
class Grouped {
  constructor(private readonly flows: Uint32Array, private readonly ends: Uint32Array) {}

  of(address: number): Uint32Array {
    return this.flows.subarray(address === 0 ? 0 : this.ends[address - 1], this.ends[address]);
  }
}

/** @param address by flow */
function group(ordered: Uint32Array, address: Int32Array, addresses: number): Grouped {
  // Where the flows of an address begin, and, once all are laid down, where they end.
  const places = new Uint32Array(addresses + 1);
  for (let i = 0; i < ordered.length; i++) places[address[ordered[i]!]! + 1]!++;
  for (let a = 1; a <= addresses; a++) places[a] = places[a]! + places[a - 1]!;
  const flows = new Uint32Array(ordered.length);
  for (let i = 0; i < ordered.length; i++) {
    const flow = ordered[i]!;
    flows[places[address[flow]!]!++] = flow;
  }
  return new Grouped(flows, places);
}
