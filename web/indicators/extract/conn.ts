import * as abi from '../../../assembly/abi/logs';
import { classifyName } from '../normalise';
import type { Extraction } from './capture';

/**
 * Addresses at the ends of flows, private ones too: whether one can be an indicator is decided when the findings are
 * known. Scans the flow index, one string an address, not a flow.
 */
export function extractConn(x: Extraction): void {
  const { index, collector } = x;
  const { book } = index;
  const entries = new Map<number, ReturnType<typeof collector.entry>>();
  const entryOf = (id: number): ReturnType<typeof collector.entry> => {
    let entry = entries.get(id);
    if (entry === undefined) {
      entry = collector.entry(book.isV4(id) ? 'ipv4-addr' : 'ipv6-addr', book.text(id));
      entries.set(id, entry);
    }
    return entry;
  };
  for (const flow of index.ordered) {
    const orig = index.orig[flow] ?? 0;
    const resp = index.resp[flow] ?? 0;
    const start = index.start[flow] ?? 0;
    const end = index.end(flow);
    const pkt = index.pkt[flow] ?? 0;
    x.noteContact(orig, resp);
    for (const id of [orig, resp]) {
      const tally = entryOf(id)?.tally(id === orig ? 'Conn::IN_ORIG' : 'Conn::IN_RESP', x);
      if (!tally) continue;
      tally.count++;
      tally.observed = true;
      if (start < tally.first) tally.first = start;
      if (end > tally.last) tally.last = end;
      if (pkt > 0) tally.pkts.add(pkt);
      tally.addFlow(flow, book.text(id));
    }
  }
}

/** Names that the capture itself carries (pcapng name resolution blocks): mentioned, at no time of their own. */
export function extractNames(x: Extraction, first: number): void {
  const names = x.tables.get('name');
  for (let r = 0; names && r < names.rows; r++) {
    x.see(classifyName(names.str(r, abi.NAME_NAME)), 'NAME::IN_CAPTURE', false, first, 0, 0);
  }
}

