import { describe, expect, it } from 'vitest';
import { COUNTER_CAP_FLOWS, COUNTER_CAP_SLAB, COUNTER_FLOWS, COUNTER_PACKETS } from '../../../../assembly/abi/counters';
import { OPTION_FLOWS, OPTION_PACKET_LOG } from '../../../../assembly/abi/enums';
import { CONN_ORIG_PKTS, COL_ORIG_P, LOG_CONN } from '../../../../assembly/abi/logs';
import { openChunk, type PackedChunk } from '../../../../web/engine/chunk';
import { Engine } from '../../../../web/engine/instance';
import { LINKTYPE_RAW, pcapHeader } from '../../../support/captures';
import { engineModule } from '../../../support/engine';

const SYN = 2;
const ACK = 16;
const RECORD = 16;

/** Gives TCP packets to an engine as a raw IPv4 pcap, one every `step` microseconds, and counts the conn rows. */
class Flood {
  readonly engine: Engine;
  readonly conn: PackedChunk[] = [];
  rows = 0;
  packets = 0;
  private time = 0;
  private window: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.window.buffer);
  private used = 0;

  constructor(private readonly step: number, flows = 0) {
    this.engine = new Engine(engineModule(), {
      chunk: (chunk) => {
        if (chunk.log !== LOG_CONN) return;
        this.rows += chunk.rows;
        if (this.conn.length < 64) this.conn.push(chunk);
      },
    });
    this.engine.configure(OPTION_PACKET_LOG, 0);
    this.engine.configure(OPTION_FLOWS, flows);
    this.engine.begin(7);
    const head = pcapHeader(LINKTYPE_RAW);
    this.engine.push(head);
    this.open();
  }

  private open(): void {
    this.window = this.engine.window(1 << 20);
    this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.length);
    this.used = 0;
  }

  tcp(from: number, fromPort: number, to: number, toPort: number, seq: number, flags: number, payload = 0): void {
    if (this.used + RECORD + 40 + payload > this.window.length) this.flush();
    const { view } = this;
    const at = this.used;
    const ip = at + RECORD;
    view.setUint32(at, 1_700_000_000 + Math.floor(this.time / 1e6), true);
    view.setUint32(at + 4, Math.floor(this.time % 1e6), true);
    view.setUint32(at + 8, 40 + payload, true);
    view.setUint32(at + 12, 40 + payload, true);
    this.window.fill(0, ip, ip + 40);
    view.setUint32(ip, 0x45000000 + 40 + payload);
    view.setUint16(ip + 8, 0x4006);
    view.setUint32(ip + 12, from);
    view.setUint32(ip + 16, to);
    view.setUint16(ip + 20, fromPort);
    view.setUint16(ip + 22, toPort);
    view.setUint32(ip + 24, seq);
    view.setUint32(ip + 28, flags === SYN ? 0 : 1);
    view.setUint16(ip + 32, 0x5000 + flags);
    view.setUint16(ip + 34, 8192);
    this.window.fill(0x61, ip + 40, ip + 40 + payload);
    this.used = ip + 40 + payload;
    this.time += this.step;
    this.packets++;
  }

  flush(): void {
    this.engine.commit(this.used);
    this.open();
  }

  finish(): void {
    this.flush();
    this.engine.finish();
  }

  counter(index: number): number {
    return Number(this.engine.counters()[index]);
  }
}

const SERVER = 0xc0000201;
const host = (i: number): number => (0x2d000000 + (Math.imul(i, 0x9e3779b1) & 0xffffff)) >>> 0;

describe('more flows at once than are kept', () => {
  it('end the one that was silent longest, and count it; no packet is lost', () => {
    const flood = new Flood(100, 64);
    // Port 30000 speaks between any two others and stays; every other port speaks once.
    for (let port = 2; port < 300; port++) {
      flood.tcp(host(1), 30000, SERVER, 7000, port, ACK, 1);
      flood.tcp(host(1), 30000 + port, SERVER, 7000, 1, ACK, 1);
    }
    flood.flush();
    expect(flood.engine.flows).toBe(64);
    flood.finish();
    expect(flood.rows).toBe(299);
    expect(flood.counter(COUNTER_FLOWS)).toBe(299);
    expect(flood.counter(COUNTER_CAP_FLOWS)).toBe(299 - 64);
    const packets = new Map<number, number>();
    for (const packed of flood.conn) {
      const { columns, rows } = openChunk(packed);
      const ports = new DataView(packed.buffer, columns[COL_ORIG_P]!.values.byteOffset);
      const counts = new DataView(packed.buffer, columns[CONN_ORIG_PKTS]!.values.byteOffset);
      for (let r = 0; r < rows; r++) packets.set(ports.getUint16(r * 2, true), Number(counts.getBigUint64(r * 8, true)));
    }
    expect(packets.get(30000)).toBe(298);
    expect([...packets.values()].reduce((sum, n) => sum + n, 0)).toBe(flood.packets);
  });

  it('are as many as the engine knows where none or too many are asked for', () => {
    const flood = new Flood(1, 0xffffffff);
    for (let i = 0; i < 5000; i++) flood.tcp(host(i), 1, SERVER, 7000, 1, ACK, 1);
    flood.flush();
    expect(flood.engine.flows).toBe(5000);
  });
});

describe('a SYN flood from addresses at random', () => {
  it('keeps to the cap in flows and memory, and hands its rows over while it lasts', () => {
    const flood = new Flood(1, 4096);
    const before = flood.engine.memoryBytes;
    for (let i = 0; i < 150_000; i++) flood.tcp(host(i), 1024 + (i % 60000), SERVER, 80, i, SYN);
    flood.flush();
    expect(flood.engine.flows).toBe(4096);
    expect(flood.rows).toBeGreaterThan(140_000);
    expect(flood.engine.memoryBytes - before).toBeLessThan(4 << 20);
    flood.finish();
    expect(flood.rows).toBe(150_000);
    expect(flood.counter(COUNTER_PACKETS)).toBe(150_000);
    expect(flood.counter(COUNTER_CAP_FLOWS)).toBe(150_000 - 4096);
  });

  it('is over five seconds after its last packet, without a cap', () => {
    const flood = new Flood(100);
    for (let i = 0; i < 60_000; i++) flood.tcp(host(i), 1024, SERVER, 80, i, SYN);
    flood.flush();
    // Half a minute of flood at 10,000 a second: those of the last five seconds are left.
    expect(flood.engine.flows).toBeLessThanOrEqual(50_001);
    expect(flood.counter(COUNTER_CAP_FLOWS)).toBe(0);
  });
});

describe('memory of many flows at once', () => {
  it('is less than 420 bytes a flow', () => {
    const flood = new Flood(1);
    const flows = 190_000;
    const before = flood.engine.memoryBytes;
    for (let i = 0; i < flows; i++) flood.tcp(host(i), 1024, SERVER, 7000, 1, ACK);
    flood.flush();
    expect(flood.engine.flows).toBe(flows);
    expect((flood.engine.memoryBytes - before) / flows).toBeLessThan(420);
  });

  it('is given back from one size of block to the next as what is kept grows', () => {
    const flood = new Flood(1);
    const flows = 10_000;
    const before = flood.engine.memoryBytes;
    // What one side says waits for the other side, up to 2 KiB: in blocks of 512 bytes, then 1, then 2 KiB.
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < flows; i++) flood.tcp(host(i), 1024, SERVER, 7000, 1 + round * 500, ACK, 500);
    }
    flood.flush();
    expect(flood.counter(COUNTER_CAP_SLAB)).toBe(0);
    // 2 KiB kept, 128 bytes beside, the flow: blocks of the sizes before would be 1.5 KiB more.
    expect((flood.engine.memoryBytes - before) / flows).toBeLessThan(2048 + 128 + 420 + 600);
  });
});
