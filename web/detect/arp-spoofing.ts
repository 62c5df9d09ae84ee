import * as abi from '../../assembly/abi/logs';
import { keyOf } from '../indicators/normalise';
import { formatAddress, formatMac } from '../logs/address';
import type { LogTable } from '../logs/table';
import { MAX_FINDING_EVIDENCE, type Finding, type FindingReason } from './types';
import type { CaptureView } from './view';
import { countText } from './words';

const REQUEST = 1;
const REPLY = 2;
/** A second owner that says so only this often, with no going back and forth, is a replaced network card. */
const MIN_CLAIMS = 3;

interface Owner { claims: number; unsolicited: number; pkts: number[]; first: number; last: number }

/**
 * Sees: one IPv4 address claimed by two hardware addresses, one of which answers unasked or takes turns with the other.
 * ATT&CK: T1557.002 ARP Cache Poisoning.
 * False positives: failover pairs (VRRP, HSRP and CARP use their own MAC prefixes, which are left out), proxy ARP,
 * an address that moves to another machine (once, and then stays).
 */
export function arpSpoofing(view: CaptureView): Finding[] {
  const arp = view.log('arp');
  if (!arp) return [];
  const owners = new Map<string, Map<string, Owner>>();
  const addressesOf = new Map<string, Map<string, number>>();
  const turns = new Map<string, { last: string; changes: number }>();
  const asked = new Map<string, number>();
  const rows = Array.from({ length: arp.rows }, (_, r) => r).sort((a, b) => arp.num(a, abi.ARP_PKT) - arp.num(b, abi.ARP_PKT));
  for (const r of rows) {
    const address = formatAddress(arp.bytes(r, abi.ARP_ORIG_H));
    const mac = formatMac(arp.bytes(r, abi.ARP_ORIG_HW));
    const operation = arp.num(r, abi.ARP_OPERATION);
    const ts = arp.num(r, abi.ARP_TS);
    if (operation === REQUEST) asked.set(`${formatAddress(arp.bytes(r, abi.ARP_RESP_H))}<${address}`, ts);
    if (address === '0.0.0.0' || mac === '00:00:00:00:00:00' || isShared(mac)) continue;
    claim(owners, address, mac, arp, r, operation === REPLY && isUnsolicited(asked, arp, r, address, ts));
    const known = addressesOf.get(mac) ?? new Map<string, number>();
    if (!known.has(address)) known.set(address, ts);
    addressesOf.set(mac, known);
    const turn = turns.get(address);
    if (!turn) turns.set(address, { last: mac, changes: 0 });
    else if (turn.last !== mac) { turn.last = mac; turn.changes++; }
  }
  const findings: Finding[] = [];
  for (const [address, macs] of owners) {
    if (macs.size < 2) continue;
    const list = [...macs].sort((a, b) => a[1].first - b[1].first);
    const rightful = list[0]?.[0] ?? '';
    for (const [mac, owner] of list.slice(1)) {
      const changes = turns.get(address)?.changes ?? 0;
      if (owner.claims < MIN_CLAIMS || (owner.unsolicited === 0 && changes < 2)) continue;
      findings.push(describe(view, address, rightful, mac, owner, changes, addressesOf.get(mac)));
    }
  }
  return findings;
}

/** Virtual router MACs: VRRP/CARP 00:00:5e:00:01, HSRP 00:00:0c:07:ac and 00:00:0c:9f:f. */
function isShared(mac: string): boolean {
  return mac.startsWith('00:00:5e:00:0') || mac.startsWith('00:00:0c:07:ac') || mac.startsWith('00:00:0c:9f:f');
}

function isUnsolicited(asked: ReadonlyMap<string, number>, arp: LogTable, r: number, address: string, ts: number): boolean {
  const at = asked.get(`${address}<${formatAddress(arp.bytes(r, abi.ARP_RESP_H))}`);
  return at === undefined || ts - at > 5e6;
}

function claim(owners: Map<string, Map<string, Owner>>, address: string, mac: string, arp: LogTable, r: number, unsolicited: boolean): void {
  let macs = owners.get(address);
  if (!macs) owners.set(address, macs = new Map());
  let owner = macs.get(mac);
  const ts = arp.num(r, abi.ARP_TS);
  if (!owner) macs.set(mac, owner = { claims: 0, unsolicited: 0, pkts: [], first: ts, last: ts });
  owner.claims++;
  if (unsolicited) owner.unsolicited++;
  owner.last = ts;
  if (owner.pkts.length < MAX_FINDING_EVIDENCE) owner.pkts.push(arp.num(r, abi.ARP_PKT));
}

function describe(view: CaptureView, address: string, rightful: string, mac: string, owner: Owner, changes: number, own: ReadonlyMap<string, number> | undefined): Finding {
  const self = [...own ?? []].filter(([other]) => other !== address).sort((a, b) => a[1] - b[1])[0]?.[0];
  const text = `${mac} claimed ${address}, which is ${rightful}'s, ${countText(owner.claims)} times, ${countText(owner.unsolicited)} of them unasked`;
  const reason = { name: 'arp-spoofing', text, technique: 'T1557.002', pkts: owner.pkts };
  const reasons: FindingReason[] = [];
  if (self) reasons.push({ indicator: keyOf(self.includes(':') ? 'ipv6-addr' : 'ipv4-addr', self), reason: { ...reason, points: 55 } });
  reasons.push({ indicator: keyOf('ipv4-addr', address), reason: { ...reason, name: 'arp-spoofed', points: self ? 15 : 35 } });
  return {
    detector: 'arp-spoofing', title: text, severity: 'high', confidence: owner.unsolicited > 2 ? 75 : 50, technique: 'T1557.002', capture: view.capture, first_seen: owner.first, last_seen: owner.last,
    hosts: self ? [self, address] : [address], flows: [], pkts: owner.pkts, count: owner.claims, inputs: { address, mac, rightful_mac: rightful, claims: owner.claims, unsolicited: owner.unsolicited, changes }, reasons,
  };
}
