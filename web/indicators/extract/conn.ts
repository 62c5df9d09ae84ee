import * as abi from '../../../assembly/abi/logs';
import type { PairSet } from '../../logs/growing';
import { classifyName } from '../normalise';
import type { Extraction } from './capture';

/** Flows between two looks at the clock. */
const FLOWS_A_STEP = 50_000;

/**
 * Addresses at the ends of flows, private ones too: whether one can be an indicator is decided when the findings are
 * known. Scans the flow index, one string an address, not a flow.
 * @param reached takes the pairs (originator, responder) that had a flow
 */
export function* extractConn(x: Extraction, reached: PairSet): Generator<void, void> {
  const { collector, facts: { index } } = x;
  const { book, ordered } = index;
  const entries = new Int32Array(book.count).fill(-2);
  const origTally = new Int32Array(book.count).fill(-1);
  const respTally = new Int32Array(book.count).fill(-1);
  const entryOf = (id: number): number => {
    let entry = entries[id]!;
    if (entry === -2) entries[id] = entry = collector.entry(book.isV4(id) ? 'ipv4-addr' : 'ipv6-addr', book.text(id));
    return entry;
  };
  for (let i = 0; i < ordered.length; i++) {
    if (i % FLOWS_A_STEP === FLOWS_A_STEP - 1) yield;
    const flow = ordered[i]!;
    const orig = index.orig[flow]!;
    const resp = index.resp[flow]!;
    const start = index.start[flow]!;
    const pkt = index.pkt[flow]!;
    const end = start + index.duration[flow]!;
    reached.add(orig, resp);
    let tally = origTally[orig]!;
    if (tally === -1) {
      const entry = entryOf(orig);
      origTally[orig] = tally = entry < 0 ? -2 : collector.tally(entry, 'Conn::IN_ORIG', x.place);
    }
    if (tally >= 0) collector.addConn(tally, start, end, pkt, flow);
    // A flow of an address with itself counts for both ends.
    if (orig === resp) {
      if (tally >= 0) collector.addConn(tally, start, end, pkt, flow);
      continue;
    }
    tally = respTally[resp]!;
    if (tally === -1) {
      const entry = entryOf(resp);
      respTally[resp] = tally = entry < 0 ? -2 : collector.tally(entry, 'Conn::IN_RESP', x.place);
    }
    if (tally >= 0) collector.addConn(tally, start, end, pkt, flow);
  }
}

/** Names that the capture itself carries (pcapng name resolution blocks): mentioned, at no time of their own. */
export function extractNames(x: Extraction, first: number): void {
  const names = x.facts.tables.get('name');
  for (let r = 0; names && r < names.rows; r++) {
    x.seeValue(classifyName(names.str(r, abi.NAME_NAME)), 'NAME::IN_CAPTURE', false, first, 0, 0);
  }
}
