import { bytesOf, hexBytes, type Data } from '../../fixtures/generate/craft/bytes';
import { payload, type Payload } from './payload';
import type { Host, Scene } from './scene';
import { ACK, FIN, PSH, route, RST, SYN, type Route } from './wire';

/** MSS 1460, SACK, timestamps, window scale 7, as Linux offers them. */
const SYN_OPTIONS = hexBytes('020405b4 0402 080a 00000000 00000000 01 030307');
/** What a segment carries beside the timestamps. */
export const SEGMENT_BYTES = 1448;
/** Of so many segments one is sent again, and one comes before the one ahead of it. */
const RESENT_OF = 1500;
const SWAPPED_OF = 1000;

interface Side { readonly route: Route; seq: number; acked: number; readonly window: number }

/** A TCP connection that is told packet by packet; its parts are stories that follow one another by `yield*`. */
export class Connection {
  readonly client: Side;
  readonly server: Side;
  /** Half the round trip, in microseconds. */
  readonly delay: number;
  private readonly stamps = hexBytes('0101080a 00000000 00000000');

  constructor(private readonly scene: Scene, client: Host, clientPort: number, server: Host, serverPort: number) {
    const isn = (): number => Math.floor(scene.random() * 2 ** 32);
    this.client = { route: route(client.mac, server.mac, client.ip, clientPort, server.ip, serverPort), seq: isn(), acked: 0, window: 502 };
    this.server = { route: route(server.mac, client.mac, server.ip, serverPort, client.ip, clientPort), seq: isn(), acked: 0, window: 509 };
    this.delay = scene.between(300, 30_000);
  }

  private other(side: Side): Side { return side === this.client ? this.server : this.client; }

  private write(side: Side, seq: number, flags: number, body: Payload | null, start: number, end: number): void {
    const { scene, stamps } = this;
    // Milliseconds, each side with a clock of its own.
    const clock = Math.floor(scene.now / 1000) >>> 0;
    stamps.writeUInt32BE((clock + (side === this.client ? 0 : 0x10000000)) >>> 0, 4);
    stamps.writeUInt32BE((clock - 1 + (side === this.client ? 0x10000000 : 0)) >>> 0, 8);
    const ack = (flags & ACK) === 0 ? 0 : this.other(side).seq;
    side.acked = ack;
    scene.wire.tcp(scene.now, side.route, seq, ack, flags, (flags & SYN) !== 0 ? 64240 : side.window, (flags & SYN) !== 0 ? SYN_OPTIONS : stamps, body, start, end);
  }

  private plain(side: Side, flags: number): void {
    this.write(side, side.seq, flags, null, 0, 0);
    if ((flags & (SYN | FIN)) !== 0) side.seq = (side.seq + 1) >>> 0;
  }

  /** The handshake. */
  *open(): Generator<number, void> {
    this.plain(this.client, SYN);
    yield this.delay * 2;
    this.plain(this.server, SYN | ACK);
    yield 120;
    this.plain(this.client, ACK);
    yield 80;
  }

  /** A SYN that is refused, or that nobody answers however often it is sent. */
  *unanswered(refused: boolean): Generator<number, void> {
    if (refused) {
      this.plain(this.client, SYN);
      yield this.delay * 2;
      this.plain(this.server, RST | ACK);
      return;
    }
    for (let again = 0; again < 3; again++) {
      this.write(this.client, this.client.seq, SYN, null, 0, 0);
      yield 1e6 * 2 ** again;
    }
  }

  /** Data from one side in segments, every second of them acknowledged; `gap` is the microseconds between segments. */
  *send(from: 'client' | 'server', body: Payload, gap = 25, start = 0, end = body.bytes.length): Generator<number, void> {
    const side = this[from];
    const far = this.other(side);
    const { random } = this.scene;
    let unacknowledged = 0;
    for (let at = start; at < end;) {
      const next = Math.min(at + SEGMENT_BYTES, end);
      const after = Math.min(next + SEGMENT_BYTES, end);
      const luck = end - start > 4 * SEGMENT_BYTES ? random() : 1;
      if (luck < 1 / SWAPPED_OF && after > next) {
        this.write(side, side.seq + next - at, ACK, body, next, after);
        yield gap;
        this.write(side, side.seq, ACK, body, at, next);
        side.seq = (side.seq + after - at) >>> 0;
        at = after;
        unacknowledged += 2;
      } else {
        this.write(side, side.seq, next === end ? ACK | PSH : ACK, body, at, next);
        if (luck > 1 - 1 / RESENT_OF && luck < 1) {
          yield this.delay * 2;
          this.write(side, side.seq, ACK, body, at, next);
        }
        side.seq = (side.seq + next - at) >>> 0;
        at = next;
        unacknowledged++;
      }
      if (unacknowledged >= 2 || at >= end) {
        yield gap;
        this.plain(far, ACK);
        unacknowledged = 0;
      }
      yield at >= end ? this.delay * 2 : gap;
    }
  }

  /** A short message. */
  say(from: 'client' | 'server', data: Data): Generator<number, void> { return this.send(from, payload(bytesOf(data))); }

  /** Both sides close, `first` before the other. */
  *close(first: 'client' | 'server' = 'client'): Generator<number, void> {
    const side = this[first];
    this.plain(side, FIN | ACK);
    yield this.delay * 2;
    this.plain(this.other(side), FIN | ACK);
    yield 100;
    this.plain(side, ACK);
  }

  /** One side breaks off. */
  reset(from: 'client' | 'server'): void { this.plain(this[from], RST | ACK); }
}
