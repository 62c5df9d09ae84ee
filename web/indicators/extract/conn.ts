import * as abi from '../../../assembly/abi/logs';
import type { PairSet } from '../../logs/growing';
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
    scan.flows(from, Math.min(length, from + FLOWS_A_STEP));
    yield;
  }
}

const UNKNOWN = -1;
const FULL = -2;

class AddressScan {
  private readonly entries: Int32Array;
  private readonly origTally: Int32Array;
  private readonly respTally: Int32Array;

  constructor(private readonly x: Extraction, private readonly reached: PairSet) {
    const { count } = x.facts.book;
    this.entries = new Int32Array(count).fill(UNKNOWN);
    this.origTally = new Int32Array(count).fill(UNKNOWN);
    this.respTally = new Int32Array(count).fill(UNKNOWN);
  }

  private tally(id: number, role: 'Conn::IN_ORIG' | 'Conn::IN_RESP'): number {
    const { collector, facts: { book }, place } = this.x;
    let entry = this.entries[id]!;
    if (entry === UNKNOWN) this.entries[id] = entry = collector.entry(book.isV4(id) ? 'ipv4-addr' : 'ipv6-addr', book.text(id));
    return entry < 0 ? FULL : collector.tally(entry, role, place, id);
  }

  /** Counts flows `from` to `to` in their order. */
  flows(from: number, to: number): void {
    const { origTally, respTally, reached, x: { collector, facts: { index } } } = this;
    const { ordered } = index;
    for (let i = from; i < to; i++) {
      const flow = ordered[i]!;
      const orig = index.orig[flow]!;
      const resp = index.resp[flow]!;
      const start = index.start[flow]!;
      const pkt = index.pkt[flow]!;
      const end = start + index.duration[flow]!;
      reached.add(orig, resp);
      let tally = origTally[orig]!;
      if (tally === UNKNOWN) origTally[orig] = tally = this.tally(orig, 'Conn::IN_ORIG');
      if (tally >= 0) collector.addConn(tally, start, end, pkt, flow);
      // A flow of an address with itself counts for both ends.
      if (orig !== resp) {
        tally = respTally[resp]!;
        if (tally === UNKNOWN) respTally[resp] = tally = this.tally(resp, 'Conn::IN_RESP');
      }
      if (tally >= 0) collector.addConn(tally, start, end, pkt, flow);
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
