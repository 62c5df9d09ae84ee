// The flow table: open addressing over hashes with pointers to flow records, bounded by MAX_FLOWS; which flows end when.

import { COUNTER_CAP_FLOWS, COUNTER_FLOWS } from "../abi/counters";
import { clock } from "../context";
import { beginLate, endLate, LATE_END, LATE_EXPIRED } from "../deal/late";
import { partOf } from "../deal/share";
import { reserve } from "../memory/arena";
import { count } from "../memory/counters";
import { mix } from "../memory/hash";
import { MAX_FLOWS } from "../memory/limits";
import { closeFlow } from "./close";
import { Flow, FLOW_BYTES, FLOW_REMOVED } from "./flow";
import { CLASSES, link, oldestOf, SECOND, timeoutOf, unlink } from "./timeouts";

/** Flow records that are taken from memory at once. */
const RECORDS: u32 = 256;
const CACHE_LINE: usize = 64;

let slots: usize = 0;
let mask: u32 = 0;
let used: u32 = 0;
let most: u32 = MAX_FLOWS;
const LEAST_FLOWS: u32 = 64;
let freeRecords: usize = 0;
let nextOrdinal: u32 = 1;
// Address pairs are hashed with a seed, so that nobody can prepare captures whose flows all collide.
let seed: u64 = 0x9e3779b97f4a7c15;

/** Sets the hash seed (from the host's random source; any value gives the same rows) and makes the first table. */
export function prepareFlows(seedValue: u64): void {
  seed = seedValue | 1;
  if (slots == 0) {
    mask = 65535;
    slots = reserve((mask + 1) << 3);
  }
}

/** Says how many flows are kept at once (OPTION_FLOWS). A tunnel's flow must outlive the flows that its packet makes. */
export function setMostFlows(value: u32): void {
  most = value == 0 || value > MAX_FLOWS ? MAX_FLOWS : value < LEAST_FLOWS ? LEAST_FLOWS : value;
}

/** Flows in the table. */
export function liveFlows(): u32 {
  return used;
}

/** Hash of an address pair, ports and protocol, the same in both directions. */
export function hashOf(a: usize, b: usize, aPort: u32, bPort: u32, proto: u32): u32 {
  const ha = mix(load<u64>(a) * seed + mix(load<u64>(a, 8) ^ seed) + <u64>aPort);
  const hb = mix(load<u64>(b) * seed + mix(load<u64>(b, 8) ^ seed) + <u64>bPort);
  const h = mix(ha + hb + (<u64>proto << 40)) * seed;
  return <u32>(h >> 32);
}

/** Direction of the sender in the flow that `findFlow` found. */
export let foundDir: u32 = 0;

/**
 * The flow of a packet from `a` to `b`, null when there is none; `foundDir` says which side `a` is. `oneWay` flows
 * (ICMP without a counterpart) match in one direction only.
 */
export function findFlow(
  hash: u32, a: usize, b: usize, aPort: u32, bPort: u32, ipProto: u32, oneWay: bool,
): Flow | null {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const b0 = load<u64>(b);
  const b1 = load<u64>(b, 8);
  let i = hash & mask;
  while (true) {
    const slot = slots + (<usize>i << 3);
    const at = <usize>load<u32>(slot, 4);
    if (at == 0) return null;
    const flow = changetype<Flow>(at);
    if (load<u32>(slot) == hash && <u32>flow.ipProto == ipProto) {
      // Put together without a branch between: nobody can foretell which side sends.
      const o0 = flow.origH0;
      const o1 = flow.origH1;
      const r0 = flow.respH0;
      const r1 = flow.respH1;
      const op = <u32>flow.origP;
      const rp = <u32>flow.respP;
      const along = (o1 ^ a1) | (o0 ^ a0) | (r1 ^ b1) | (r0 ^ b0) | <u64>((op ^ aPort) | (rp ^ bPort));
      const against = (o1 ^ b1) | (o0 ^ b0) | (r1 ^ a1) | (r0 ^ a0) | <u64>((op ^ bPort) | (rp ^ aPort) | (oneWay ? 1 : 0));
      if (along == 0 || against == 0) {
        foundDir = along != 0 ? 1 : 0;
        return flow;
      }
    }
    i = (i + 1) & mask;
  }
}

function insert(at: usize, hash: u32): void {
  let i = hash & mask;
  while (load<u32>(slots + (<usize>i << 3), 4) != 0) i = (i + 1) & mask;
  store<u32>(slots + (<usize>i << 3), hash);
  store<u32>(slots + (<usize>i << 3), <u32>at, 4);
}

function grow(): bool {
  const oldSlots = slots;
  const oldSize = mask + 1;
  const bigger = reserve(oldSize << 4);
  if (bigger == 0) return false;
  slots = bigger;
  mask = oldSize * 2 - 1;
  // The old table is left behind: all of them together are smaller than the last.
  for (let i: u32 = 0; i < oldSize; i++) {
    const at = <usize>load<u32>(oldSlots + (<usize>i << 3), 4);
    if (at != 0) insert(at, load<u32>(oldSlots + (<usize>i << 3)));
  }
  return true;
}

function unslot(flow: Flow): void {
  let i = flow.hash & mask;
  const at = <u32>changetype<usize>(flow);
  while (load<u32>(slots + (<usize>i << 3), 4) != at) i = (i + 1) & mask;
  // Backward shift: close the hole so that probing needs no tombstones.
  let hole = i;
  let next = (i + 1) & mask;
  while (true) {
    const other = load<u64>(slots + (<usize>next << 3));
    if (other == 0) break;
    const home = <u32>other & mask;
    if (((next - home) & mask) >= ((next - hole) & mask)) {
      store<u64>(slots + (<usize>hole << 3), other);
      hole = next;
    }
    next = (next + 1) & mask;
  }
  store<u64>(slots + (<usize>hole << 3), 0);
}

// Records are carved many at a time, each on its own cache lines, the first one given out first.
function moreRecords(): void {
  let at = reserve(<usize>(RECORDS * FLOW_BYTES) + CACHE_LINE);
  if (at == 0) return;
  at = (at + CACHE_LINE - 1) & ~(CACHE_LINE - 1);
  for (let i: u32 = RECORDS; i > 0; i--) {
    const record = at + <usize>((i - 1) * FLOW_BYTES);
    store<u32>(record, <u32>freeRecords);
    freeRecords = record;
  }
}

/** A new flow for the key, zeroed apart from the key and its number. Closes the least recently active one at MAX_FLOWS. */
export function newFlow(hash: u32, timeoutClass: u32): Flow {
  if (used >= partOf(most)) {
    count(COUNTER_CAP_FLOWS);
    evict();
  }
  if (used * 4 > (mask + 1) * 3 - 8 && !grow()) {
    // No memory for a larger table: a table that fills up would make every search endless.
    count(COUNTER_CAP_FLOWS);
    evict();
  }
  if (freeRecords == 0) moreRecords();
  while (freeRecords == 0) {
    // The host gave all the memory it has: go on with the flows that fit.
    count(COUNTER_CAP_FLOWS);
    evict();
  }
  const at = freeRecords;
  freeRecords = load<u32>(at);
  memory.fill(at, 0, FLOW_BYTES);
  const flow = changetype<Flow>(at);
  flow.hash = hash;
  flow.ordinal = nextOrdinal++;
  flow.expiryBase = clock;
  insert(at, hash);
  link(flow, timeoutClass);
  used++;
  count(COUNTER_FLOWS);
  return flow;
}

/** Ends the flow: its dissector, its rows, its memory. */
export function removeFlow(flow: Flow): void {
  if ((<u32>flow.flags & FLOW_REMOVED) != 0) return;
  flow.flags = <u8>(<u32>flow.flags | FLOW_REMOVED);
  unslot(flow);
  unlink(flow);
  used--;
  closeFlow(flow);
  const at = changetype<usize>(flow);
  store<u32>(at, <u32>freeRecords);
  freeRecords = at;
}

function evict(): void {
  let oldest: usize = 0;
  for (let i: u32 = 0; i < CLASSES; i++) {
    const head = oldestOf(i);
    if (head != 0 && (oldest == 0 || changetype<Flow>(head).lastTs < changetype<Flow>(oldest).lastTs)) oldest = head;
  }
  if (oldest != 0) removeFlow(changetype<Flow>(oldest));
}

let nextCheck: i64 = i64.MIN_VALUE;

/** Ends the flows whose time is over at the clock. */
// @ts-ignore: decorator
@inline
export function expireFlows(): void {
  if (clock >= nextCheck) expire();
}

function expire(): void {
  let soonest = clock + SECOND * 5;
  for (let i: u32 = 0; i < CLASSES; i++) {
    const timeout = timeoutOf(i);
    while (true) {
      const head = oldestOf(i);
      if (head == 0) break;
      const flow = changetype<Flow>(head);
      // By the clock at its last activity, not by that packet's own time: so the lists are in order of it whatever the order
      // of the capture is, and when a flow ends depends on no other flow.
      const due = flow.expiryBase + timeout;
      if (due >= clock) {
        if (due < soonest) soonest = due;
        break;
      }
      beginLate(LATE_EXPIRED, i, flow.expiryBase);
      removeFlow(flow);
      endLate();
    }
  }
  nextCheck = soonest;
}

/** Ends every flow, oldest activity first; the capture is over. */
export function endFlows(): void {
  for (let i: u32 = 0; i < CLASSES; i++) {
    while (true) {
      const head = oldestOf(i);
      if (head == 0) break;
      const flow = changetype<Flow>(head);
      beginLate(LATE_END, i, flow.expiryBase);
      removeFlow(flow);
      endLate();
    }
  }
  nextOrdinal = 1;
  nextCheck = i64.MIN_VALUE;
}
