import * as abi from '../../assembly/abi/logs';
import { keyOf } from '../indicators/normalise';
import { formatMac } from '../logs/address';
import { PairNumbers, words, wordsToNumber } from '../logs/growing';
import { orderByWords } from '../logs/radix';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText, durationText } from './words';

const REQUEST = 1;
const REPLY = 2;
/** A second owner that says so only this often, with no going back and forth, is a replaced network card. */
const MIN_CLAIMS = 3;

/**
 * Microseconds. Who forges answers contends with the owner for caches that live for minutes; owners a day apart may never have
 * shared a network: a capture that joins several, or an address that was given anew.
 */
const APART = 86_400e6;

interface Owner {
  claims: number; unsolicited: number; readonly pkts: number[]; readonly first: number; last: number;
  /** Least time to a claim of the same address by another, next to one of its own. */
  nearest: number;
}

/**
 * Sees: one IPv4 address claimed by two hardware addresses, one of which answers unasked or takes turns with the other.
 * ATT&CK: T1557.002 ARP Cache Poisoning.
 * False positives: failover pairs (VRRP, HSRP and CARP use their own MAC prefixes, which are left out), proxy ARP,
 * an address that moves to another machine (once, and then stays). Owners that are never seen within a day of each other are
 * told with little confidence: captures of several networks in one file look like that.
 */
export function arpSpoofing(view: CaptureView): Finding[] {
  const rows = arpRows(view);
  const { book } = view.facts;
  const owners = new Map<number, Map<number, Owner>>();
  const addressesOf = new Map<number, Map<number, number>>();
  const turns = new Map<number, { last: Owner; changes: number }>();
  const asked = new PairNumbers();
  const askedAt: number[] = [];
  const shared = rows.macs.map((mac) => mac === '00:00:00:00:00:00' || isShared(mac));
  for (const r of rows.order) {
    const [address, mac, target, operation, ts] = [rows.sender[r]!, rows.mac[r]!, rows.target[r]!, rows.operation[r]!, rows.ts[r]!];
    if (operation === REQUEST) askedAt[asked.of(target, address)] = ts;
    if (book.text(address) === '0.0.0.0' || shared[mac] === true) continue;
    let unsolicited = false;
    if (operation === REPLY) {
      const question = asked.find(address, target);
      unsolicited = question < 0 || ts - askedAt[question]! > 5e6;
    }
    let macs = owners.get(address);
    if (!macs) owners.set(address, macs = new Map());
    let owner = macs.get(mac);
    if (!owner) macs.set(mac, owner = { claims: 0, unsolicited: 0, pkts: [], first: ts, last: ts, nearest: Infinity });
    const turn = turns.get(address);
    if (!turn) turns.set(address, { last: owner, changes: 0 });
    else if (turn.last !== owner) {
      const apart = Math.abs(ts - turn.last.last);
      owner.nearest = Math.min(owner.nearest, apart);
      turn.last.nearest = Math.min(turn.last.nearest, apart);
      turn.last = owner;
      turn.changes++;
    }
    owner.claims++;
    if (unsolicited) owner.unsolicited++;
    owner.last = ts;
    if (owner.pkts.length < MAX_FINDING_EVIDENCE) owner.pkts.push(rows.pkt[r]!);
    let known = addressesOf.get(mac);
    if (!known) addressesOf.set(mac, known = new Map());
    if (!known.has(address)) known.set(address, ts);
  }
  const findings: Finding[] = [];
  for (const [address, macs] of owners) {
    if (macs.size < 2) continue;
    const list = [...macs].sort((a, b) => a[1].first - b[1].first);
    const rightful = rows.macs[list[0]?.[0] ?? 0] ?? '';
    for (const [mac, owner] of list.slice(1)) {
      const changes = turns.get(address)?.changes ?? 0;
      if (owner.claims < MIN_CLAIMS || (owner.unsolicited === 0 && changes < 2)) continue;
      const self = [...addressesOf.get(mac) ?? []].filter(([other]) => other !== address).sort((a, b) => a[1] - b[1])[0]?.[0];
      findings.push(describe(view, book.text(address), rightful, rows.macs[mac] ?? '', owner, changes, self === undefined ? undefined : book.text(self)));
    }
  }
  return findings;
}

/** The arp log in plain arrays: addresses by the capture's book, hardware addresses by number. */
interface ArpRows {
  readonly ts: Float64Array;
  readonly pkt: Uint32Array;
  readonly operation: Uint16Array;
  readonly sender: Uint32Array;
  readonly target: Uint32Array;
  readonly mac: Uint32Array;
  readonly macs: readonly string[];
  /** Rows by packet. */
  readonly order: Uint32Array;
}

function arpRows({ facts: { tables, book } }: CaptureView): ArpRows {
  const arp = tables.get('arp');
  const n = arp?.rows ?? 0;
  const [ts, pkt, operation, sender, target, mac] = [new Float64Array(n), new Uint32Array(n), new Uint16Array(n), new Uint32Array(n), new Uint32Array(n), new Uint32Array(n)];
  const numbers = new Map<number, number>();
  const macs: string[] = [];
  arp?.eachChunk((chunk, start) => {
    const values = (index: number): Uint8Array => chunk.columns[index]!.values;
    const times = words(values(abi.ARP_TS));
    const [origs, resps, hardware, operations] = [values(abi.ARP_ORIG_H), values(abi.ARP_RESP_H), values(abi.ARP_ORIG_HW), values(abi.ARP_OPERATION)];
    pkt.set(words(values(abi.ARP_PKT)).subarray(0, chunk.rows), start);
    for (let r = 0; r < chunk.rows; r++) {
      ts[start + r] = wordsToNumber(times, r) / 1000;
      operation[start + r] = operations[r * 2]! | (operations[r * 2 + 1]! << 8);
      sender[start + r] = book.intern(origs, r * 16);
      target[start + r] = book.intern(resps, r * 16);
      const at = r * 8;
      const key = ((hardware[at]! << 16) | (hardware[at + 1]! << 8) | hardware[at + 2]!) * 16777216 + ((hardware[at + 3]! << 16) | (hardware[at + 4]! << 8) | hardware[at + 5]!);
      let number = numbers.get(key);
      if (number === undefined) {
        numbers.set(key, number = macs.length);
        macs.push(formatMac(hardware.subarray(at, at + 6)));
      }
      mac[start + r] = number;
    }
  });
  return { ts, pkt, operation, sender, target, mac, macs, order: orderByWords(n, [pkt]) };
}

/** Virtual router MACs: VRRP/CARP 00:00:5e:00:01, HSRP 00:00:0c:07:ac and 00:00:0c:9f:f. */
function isShared(mac: string): boolean {
  return mac.startsWith('00:00:5e:00:0') || mac.startsWith('00:00:0c:07:ac') || mac.startsWith('00:00:0c:9f:f');
}

function describe(view: CaptureView, address: string, rightful: string, mac: string, owner: Owner, changes: number, self: string | undefined): Finding {
  const apart = owner.nearest > APART;
  const text = `${mac} claimed ${address}, which is ${rightful}'s, ${countText(owner.claims)} times, ${countText(owner.unsolicited)} of them unasked`
    + (apart ? `; ${durationText(owner.nearest)} apart, as where a capture joins several networks` : '');
  const reason = { name: 'arp-spoofing', text, technique: 'T1557.002', pkts: owner.pkts };
  const reasons: FindingReason[] = [];
  if (self) reasons.push({ indicator: keyOf(self.includes(':') ? 'ipv6-addr' : 'ipv4-addr', self), reason: { ...reason, points: apart ? 20 : 55 } });
  reasons.push({ indicator: keyOf('ipv4-addr', address), reason: { ...reason, name: 'arp-spoofed', points: self || apart ? 15 : 35 } });
  return {
    detector: 'arp-spoofing', title: text, severity: 'high', confidence: apart ? 15 : owner.unsolicited > 2 ? 75 : 50, technique: 'T1557.002', capture: view.capture, first_seen: owner.first, last_seen: owner.last,
    hosts: self ? [self, address] : [address], flows: [], pkts: owner.pkts, count: owner.claims, inputs: { address, mac, rightful_mac: rightful, claims: owner.claims, unsolicited: owner.unsolicited, changes }, reasons,
  };
}
