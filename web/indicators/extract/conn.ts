import * as abi from '../../../assembly/abi/logs';
import type { PairSet } from '../../logs/growing';
import { AddressFlows } from '../address-flows';
import { classifyName } from '../normalise';
import type { Extraction } from './capture';

/** Flows between two looks at the clock. */
const FLOWS_A_STEP = 20_000;

/**
 * Addresses at the ends of flows, private ones too: whether one can be an indicator is decided when the findings are
 * known. Scans the flow index, one string an address, not a flow.
 * @param reached takes the pairs (originator, responder) that had a flow
 */
export function* extractConn(x: Extraction, reached: PairSet): Generator<void, void> {
  const scan = new AddressScan(x, reached);
  const { length } = x.facts.index.ordered;
  for (let from = 0; from < length; from += FLOWS_A_STEP) {
    scan.take(from, Math.min(length, from + FLOWS_A_STEP));
    yield;
  }
}

const UNKNOWN = -1;

class AddressScan {
  private readonly entries: Int32Array;
  private readonly flows: AddressFlows;
  /** By address: 1 = its sighting as originator or responder is there, or there is no room for it. */
  private readonly origSeen: Uint8Array;
  private readonly respSeen: Uint8Array;

  constructor(private readonly x: Extraction, private readonly reached: PairSet) {
    const { index, book: { count } } = x.facts;
    this.flows = new AddressFlows(index);
    this.entries = new Int32Array(count).fill(UNKNOWN);
    this.origSeen = new Uint8Array(count);
    this.respSeen = new Uint8Array(count);
  }

  private sight(id: number, role: 'Conn::IN_ORIG' | 'Conn::IN_RESP', start: number): void {
    const { collector, facts: { book }, place } = this.x;
    let entry = this.entries[id]!;
    if (entry === UNKNOWN) this.entries[id] = entry = collector.entry(book.isV4(id) ? 'ipv4-addr' : 'ipv6-addr', book.text(id));
    if (entry >= 0) collector.setFlows(collector.tally(entry, role, place, id), this.flows, role === 'Conn::IN_ORIG' ? 'from' : 'to', start);
  }

  /** Takes flows `from` to `to` in their order; the first of an address is its earliest. */
  take(from: number, to: number): void {
    const { origSeen, respSeen, reached, x: { facts: { index } } } = this;
    const { ordered, orig, resp, start } = index;
    for (let i = from; i < to; i++) {
      const flow = ordered[i]!;
      const [a, b] = [orig[flow]!, resp[flow]!];
      reached.add(a, b);
      if (origSeen[a] === 0) {
        origSeen[a] = 1;
        this.sight(a, 'Conn::IN_ORIG', start[flow]!);
      }
      // A flow of an address with itself counts for both ends, where it began.
      if (respSeen[b] === 0 && a !== b) {
        respSeen[b] = 1;
        this.sight(b, 'Conn::IN_RESP', start[flow]!);
      }
    }
  }
}

/** Names that the capture itself carries (pcapng name resolution blocks): mentioned, at no time of their own. */
export function extractNames(x: Extraction, first: number): void {
  const names = x.facts.tables.get('name');
  for (let r = 0; names && r < names.rows; r++) {
    x.seeValue(classifyName(names.str(r, abi.NAME_NAME)), 'NAME::IN_CAPTURE', false, first, 0, 0);
  }
}
