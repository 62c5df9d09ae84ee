import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { grown, PairNumbers, unsignedToNumber, words } from '../../logs/growing';
import { protoName } from '../../logs/names/index';
import type { Steps } from '../../indicators/steps';
import type { Mask } from '../../logs/select';
import { TextPool } from '../../logs/text-pool';
import type { Share, Talker } from '../api';
import type { CaptureState } from './capture-state';
import { HostTable, type HostFlow } from './hosts';
import { NameSets } from './name-sets';
import { wordsToMicroseconds } from './times';

/** Pairs of hosts that talkers are found among, about 36 bytes each. */
export const MAX_PAIRS = 2_097_152;
/** Services that one pair of hosts is said to speak: no more are added from so many on. */
const TALKER_SERVICES = 16;

const valid = (validity: Uint8Array, r: number): boolean => ((validity[r >> 3]! >> (r & 7)) & 1) === 1;

/** Flows, hosts, protocols and pairs of hosts of some rows, in columns; grows with the logs. */
export class FlowSummary {
  readonly hosts: HostTable;
  flows = 0;
  /** Flows whose pair of hosts was one too many (MAX_PAIRS). */
  beyondPairs = 0;
  private readonly services = new TextPool();
  /** Places of `shareFlows` by service text, and by protocol where there is no service. */
  private readonly shareOfService: number[] = [];
  private readonly shareOfProto: number[] = [];
  private readonly shares: { readonly name: string; count: number; bytes: number }[] = [];
  private readonly shareNames = new Map<string, number>();
  private readonly pairs = new PairNumbers();
  private pairFlows = new Uint32Array(1024);
  private pairBytes = new Float64Array(1024);
  private pairServices = new Uint32Array(1024);
  private readonly talkerSets = new NameSets(TALKER_SERVICES, true);
  /** Chunks of conn and arp that were taken, by capture. */
  private readonly taken = new Map<CaptureState, { conn: number; arp: number }>();

  /** @param local says whether an address (16 bytes) is one of ours */
  constructor(local: (bytes: Uint8Array) => boolean) {
    this.hosts = new HostTable(local);
  }

  /** Takes in the rows of a capture that came since the last time, a chunk a step. */
  *updateSteps(capture: CaptureState): Steps<void> {
    let taken = this.taken.get(capture);
    if (!taken) this.taken.set(capture, taken = { conn: 0, arp: 0 });
    const [conn, arp] = [capture.table('conn'), capture.table('arp')];
    while (taken.conn < conn.chunkCount) {
      this.addConn(conn.peek(taken.conn++), 0, null);
      yield;
    }
    while (taken.arp < arp.chunkCount) {
      this.hosts.addArp(arp.peek(taken.arp++), 0, null);
      yield;
    }
  }

  /** Takes in the rows of a capture that masks select. */
  addSelected(capture: CaptureState, conn: Mask | null, arp: Mask | null): void {
    capture.table('conn').eachChunk((chunk, start) => this.addConn(chunk, start, conn));
    capture.table('arp').eachChunk((chunk, start) => this.hosts.addArp(chunk, start, arp));
  }

  private shareOf(service: number, proto: number): { count: number; bytes: number } {
    const places = service === 0 ? this.shareOfProto : this.shareOfService;
    const at = service === 0 ? proto : service;
    let place = places[at];
    if (place === undefined) {
      const name = service === 0 ? `other ${protoName(proto)}` : this.services.text(service);
      place = this.shareNames.get(name);
      if (place === undefined) {
        place = this.shares.push({ name, count: 0, bytes: 0 }) - 1;
        this.shareNames.set(name, place);
      }
      places[at] = place;
    }
    return this.shares[place]!;
  }

  private addConn(chunk: LogChunk, start: number, mask: Mask | null): void {
    const { hosts, services } = this;
    const { book } = hosts;
    const column = (i: number): LogChunk['columns'][number] => chunk.columns[i]!;
    const [orig, resp, proto] = [column(abi.COL_ORIG_H).values, column(abi.COL_RESP_H).values, column(abi.CONN_PROTO).values];
    const [ob, rb, duration, service] = [column(abi.CONN_ORIG_BYTES), column(abi.CONN_RESP_BYTES), column(abi.CONN_DURATION), column(abi.CONN_SERVICE)];
    const [om, rm] = [column(abi.CONN_ORIG_L2_ADDR), column(abi.CONN_RESP_L2_ADDR)];
    const [ts, dur, sent, received, out, back] = [words(column(abi.COL_TS).values), words(duration.values), words(ob.values), words(rb.values), words(column(abi.CONN_ORIG_PKTS).values), words(column(abi.CONN_RESP_PKTS).values)];
    const flow: HostFlow = { orig: 0, resp: 0, first: 0, last: 0, sent: 0, received: 0, out: 0, back: 0 };
    for (let r = 0; r < chunk.rows; r++) {
      if (mask && mask[start + r] !== 1) continue;
      flow.sent = valid(ob.validity, r) ? unsignedToNumber(sent, r) : 0;
      flow.received = valid(rb.validity, r) ? unsignedToNumber(received, r) : 0;
      const bytes = flow.sent + flow.received;
      const text = services.intern(service.data, service.offsets[r]!, service.offsets[r + 1]!);
      const share = this.shareOf(text, proto[r]!);
      share.count++;
      share.bytes += bytes;
      this.flows++;
      if (!hosts.admits(orig, r * 16) || !hosts.admits(resp, r * 16)) {
        hosts.beyond++;
        continue;
      }
      flow.orig = book.intern(orig, r * 16);
      flow.resp = book.intern(resp, r * 16);
      flow.first = wordsToMicroseconds(ts, r);
      flow.last = valid(duration.validity, r) ? flow.first + wordsToMicroseconds(dur, r) : flow.first;
      flow.out = unsignedToNumber(out, r);
      flow.back = unsignedToNumber(back, r);
      hosts.addFlow(flow);
      const names = (): string => services.text(text);
      if (text !== 0) {
        hosts.addServices(flow.orig, text, names);
        hosts.addServices(flow.resp, text, names);
      }
      if (valid(om.validity, r)) hosts.addMac(flow.orig, om.values, r * 8);
      if (valid(rm.validity, r)) hosts.addMac(flow.resp, rm.values, r * 8);
      const pair = this.pairs.size < MAX_PAIRS ? this.pairs.of(flow.orig, flow.resp) : this.pairs.find(flow.orig, flow.resp);
      if (pair < 0) {
        this.beyondPairs++;
        continue;
      }
      if (pair >= this.pairFlows.length) {
        this.pairFlows = grown(this.pairFlows, pair + 1);
        this.pairBytes = grown(this.pairBytes, pair + 1);
        this.pairServices = grown(this.pairServices, pair + 1);
      }
      this.pairFlows[pair] = this.pairFlows[pair]! + 1;
      this.pairBytes[pair] = this.pairBytes[pair]! + bytes;
      if (text !== 0) this.pairServices[pair] = this.talkerSets.with(this.pairServices[pair]!, text, names);
    }
  }

  /** Caps that tripped, with the flows that they left out. */
  caps(): { readonly name: string; readonly times: number }[] {
    return [{ name: 'MAX_HOSTS', times: this.hosts.beyond }, { name: 'MAX_PAIRS', times: this.beyondPairs }].filter(({ times }) => times > 0);
  }

  /** Protocols by bytes, then flows. */
  protocols(most: number): Share[] {
    return this.shares.map((share) => ({ ...share })).sort((a, b) => b.bytes - a.bytes || b.count - a.count).slice(0, most);
  }

  /** Pairs of hosts by bytes, then flows, then addresses. */
  talkers(most: number): Talker[] {
    const best: number[] = [];
    const { book } = this.hosts;
    const before = (a: number, b: number): boolean => {
      const more = this.pairBytes[a]! - this.pairBytes[b]! || this.pairFlows[a]! - this.pairFlows[b]!;
      if (more !== 0) return more > 0;
      return (book.compare(this.pairs.first(a), this.pairs.first(b)) || book.compare(this.pairs.second(a), this.pairs.second(b))) < 0;
    };
    for (let pair = 0; pair < this.pairs.size; pair++) {
      if (best.length === most && !before(pair, best[most - 1]!)) continue;
      let at = best.length;
      while (at > 0 && before(pair, best[at - 1]!)) at--;
      best.splice(at, 0, pair);
      if (best.length > most) best.pop();
    }
    return best.map((pair) => ({
      orig: book.text(this.pairs.first(pair)), resp: book.text(this.pairs.second(pair)), flows: this.pairFlows[pair]!, bytes: this.pairBytes[pair]!,
      services: [...this.talkerSets.names(this.pairServices[pair]!)],
    }));
  }
}
