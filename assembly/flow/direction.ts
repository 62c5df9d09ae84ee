// Turning a flow round: the side that was taken for the originator is the responder.

import { Flow, FLOW_FIRST_ORIG_SEEN, FLOW_FIRST_RESP_SEEN, FLOW_FLIPPED, FLOW_PARTIAL, ORIG, RESP, side, Side } from "./flow";
import { addHistory } from "./history";
import { FlowRare } from "./rare";

const spare: usize = memory.data(64, 16);

function swap(a: usize, b: usize, n: u32): void {
  memory.copy(spare, a, n);
  memory.copy(a, b, n);
  memory.copy(b, spare, n);
}

/** Exchanges originator and responder, with all that is kept of them, and notes it in the history (`^`). */
export function flipFlow(flow: Flow): void {
  const base = changetype<usize>(flow);
  swap(base + offsetof<Flow>("origH0"), base + offsetof<Flow>("respH0"), 16);
  if (flow.rare != 0) {
    const rare = <usize>flow.rare;
    swap(rare + offsetof<FlowRare>("first0"), rare + offsetof<FlowRare>("first1"), 12);
  }
  swap(base + offsetof<Flow>("origMac0"), base + offsetof<Flow>("respMac0"), 6);
  swap(changetype<usize>(side(flow, ORIG)), changetype<usize>(side(flow, RESP)), offsetof<Side>());
  const port = flow.origP;
  flow.origP = flow.respP;
  flow.respP = port;
  const flags = <u32>flow.flags;
  flow.flags = <u8>((flags & ~(FLOW_FIRST_ORIG_SEEN | FLOW_FIRST_RESP_SEEN | FLOW_PARTIAL)) | FLOW_FLIPPED |
    ((flags & FLOW_FIRST_ORIG_SEEN) != 0 ? FLOW_FIRST_RESP_SEEN : 0) |
    ((flags & FLOW_FIRST_RESP_SEEN) != 0 ? FLOW_FIRST_ORIG_SEEN : 0));
  flow.historyBits = (flow.historyBits << 16) | (flow.historyBits >>> 16);
  addHistory(flow, 94);
}
