import { address, randomFrom } from '../../fixtures/generate/craft/bytes';
import { Connection } from './connection';
import { payload } from './payload';
import { route, Wire } from './wire';

/** A story is told packet by packet: it gives the microseconds until its next one. */
export type Story = Iterator<number, void>;

export interface Host { readonly mac: Uint8Array; readonly ip: Uint8Array }

/** 2024-03-12 08:00 UTC, in microseconds. */
const START = Date.UTC(2024, 2, 12, 8) * 1000;
const ROUTER = Uint8Array.of(0x02, 0x1b, 0x17, 0, 1, 0x12);

/** Many stories at once on one wire, in order of time, until the capture has its size. */
export class Scene {
  /** Microseconds since the epoch. */
  now = START;
  readonly random: () => number;
  private readonly ports = new Map<Host, number>();
  // A binary heap by time, then by when it was put in.
  private readonly heap: { at: number; order: number; story: Story }[] = [];
  private order = 0;

  constructor(readonly wire: Wire, seed: number) { this.random = randomFrom(seed); }

  /** A whole number in [from, to). */
  between(from: number, to: number): number { return from + Math.floor(this.random() * (to - from)); }

  /** A host of one's own network; the same number is the same host. */
  client(n: number, six = false): Host {
    const number = n % 60_000;
    const ip = six
      ? address(`2001:db8:a:${(number >> 8).toString(16)}::${((number & 255) + 1).toString(16)}`)
      : Uint8Array.of(10, 20 + (number / 65_025 | 0), (number / 250 | 0) & 255, 1 + (number % 250));
    return { mac: Uint8Array.of(0x02, 0x3c, 0x52, 0, number >> 8, number & 255), ip };
  }

  /** A host elsewhere, behind the router (198.18.0.0/15 is kept for measuring, RFC 2544; 2001:db8::/32 for examples). */
  server(n: number, six = false): Host {
    const number = n % 120_000;
    const ip = six
      ? address(`2001:db8:f:${number.toString(16).slice(0, -3) || '0'}::${(number & 0xfff).toString(16)}`)
      : Uint8Array.of(198, 18 + (number >> 16), (number >> 8) & 255, number & 255);
    return { mac: ROUTER, ip };
  }

  /** The next ephemeral port of a host. */
  port(host: Host): number {
    const port = this.ports.get(host) ?? this.between(32768, 60000);
    this.ports.set(host, port >= 60999 ? 32768 : port + 1);
    return port;
  }

  connection(client: Host, server: Host, port: number): Connection {
    return new Connection(this, client, this.port(client), server, port);
  }

  /** One datagram now. */
  datagram(from: Host, fromPort: number, to: Host, toPort: number, bytes: Uint8Array): void {
    this.wire.udp(this.now, route(from.mac, to.mac, from.ip, fromPort, to.ip, toPort), payload(bytes));
  }

  /** A story begins after so many microseconds. */
  begin(story: Story, after = 0): void { this.push({ at: this.now + after, order: this.order++, story }); }

  /** Tells the stories until the file has `size` bytes or all are told. As in a real capture, the last ones are cut off. */
  play(size: number): void {
    for (let next = this.pop(); next && this.wire.size < size; next = this.pop()) {
      this.now = Math.max(this.now, next.at);
      const step = next.story.next();
      if (step.done) continue;
      next.at = this.now + step.value;
      next.order = this.order++;
      this.push(next);
    }
    this.wire.flush();
  }

  private push(entry: { at: number; order: number; story: Story }): void {
    const { heap } = this;
    let i = heap.push(entry) - 1;
    while (i > 0) {
      const up = (i - 1) >> 1;
      const parent = heap[up] as typeof entry;
      if (parent.at < entry.at || (parent.at === entry.at && parent.order < entry.order)) break;
      heap[i] = parent;
      i = up;
    }
    heap[i] = entry;
  }

  private pop(): { at: number; order: number; story: Story } | undefined {
    const { heap } = this;
    const top = heap[0];
    const last = heap.pop();
    if (!top || !last || heap.length === 0) return top;
    let i = 0;
    for (;;) {
      let down = 2 * i + 1;
      if (down >= heap.length) break;
      const left = heap[down] as typeof last;
      const right = heap[down + 1];
      if (right && (right.at < left.at || (right.at === left.at && right.order < left.order))) down++;
      const child = heap[down] as typeof last;
      if (last.at < child.at || (last.at === child.at && last.order < child.order)) break;
      heap[i] = child;
      i = down;
    }
    heap[i] = last;
    return top;
  }
}
