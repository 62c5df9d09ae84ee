// Services that are recognised by how they begin, without a dissector of their own yet: conn.service names them.

import { Flow } from "../flow/flow";

/** Looks at the first bytes of a TCP direction that no dissector claimed. */
export function noteService(flow: Flow, dir: u32, bytes: usize, n: u32): void {}

/** Looks at a datagram of a flow that no dissector claimed. */
export function noteServiceDatagram(flow: Flow, dir: u32, bytes: usize, n: u32): void {}
