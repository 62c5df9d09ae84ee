import { cat, u16 } from '../../fixtures/generate/craft/bytes';
import { certificates, changeCipherSpec, extension, HANDSHAKE, serverHello, tlsRecord } from '../../fixtures/generate/craft/tls';
import { BEACON_CERTIFICATE } from '../../fixtures/generate/incident/certificate';
import { CHROMIUM, FIREFOX, hello, SAFARI, SCHANNEL } from '../../fixtures/generate/incident/network';
import { hostName, incompressible, oneOf, payload, type Payload } from './payload';
import type { Host, Scene } from './scene';

const CLIENTS = [CHROMIUM, CHROMIUM, FIREFOX, SAFARI, SCHANNEL];
/** Bytes of one TLS record as servers send them. */
const RECORD_BYTES = 16_401;
const POOL_RECORDS = 1024;

/** Records of application data, one after the other: `length` bytes of a stream that nobody can read. */
export function records(length: number, seed: number): Payload {
  const bytes = incompressible(length, seed);
  for (let at = 0; at + 5 <= length; at += RECORD_BYTES) {
    const data = Math.min(RECORD_BYTES, length - at) - 5;
    bytes.set([23, 3, 3, data >> 8, data & 255], at);
  }
  return payload(bytes);
}

/** Conversations by TLS. What is encrypted comes from one pool that is cut at the beginning of records. */
export class Tls {
  private readonly pool: Payload;

  constructor(private readonly scene: Scene, seed: number) { this.pool = records(POOL_RECORDS * RECORD_BYTES, seed); }

  /** Bytes of application data in whole records of the pool, from one side. */
  private *data(connection: ReturnType<Scene['connection']>, from: 'client' | 'server', length: number, gap: number): Generator<number, void> {
    if (length < RECORD_BYTES) {
      yield* connection.say(from, tlsRecord(23, Buffer.from(this.pool.bytes.subarray(7, 7 + length))));
      return;
    }
    const count = Math.min(POOL_RECORDS, Math.ceil(length / RECORD_BYTES));
    // Pool offsets of records are odd every second time; an even one keeps the checksum cheap.
    const first = 2 * Math.floor(this.scene.random() * ((POOL_RECORDS - count) / 2 + 1));
    yield* connection.send(from, this.pool, gap, first * RECORD_BYTES, Math.min(this.pool.bytes.length, (first + count) * RECORD_BYTES));
  }

  /** A visit: hello, certificates where they can be seen, requests and answers of the sizes given. */
  *visit(client: Host, server: Host, exchanges: number, down: () => number, gap = 25): Generator<number, void> {
    const { scene } = this;
    const { random } = scene;
    const program = oneOf(random, CLIENTS);
    const seed = scene.between(1, 2 ** 31);
    const connection = scene.connection(client, server, 443);
    yield* connection.open();
    yield* connection.say('client', hello(program, hostName(random), seed));
    const share = Buffer.from(incompressible(32, seed + 3));
    const answer = serverHello({
      random: Buffer.from(incompressible(32, seed + 1)), sessionId: Buffer.from(incompressible(32, seed + 2)), cipher: program.ciphers[0] ?? 0x1301,
      extensions: program.tls13 ? [extension(43, u16(0x0304)), extension(51, cat(u16(29), u16(32), share))] : [extension(0xff01, Buffer.of(0))],
    });
    if (program.tls13) {
      yield* connection.say('server', cat(tlsRecord(HANDSHAKE, answer), changeCipherSpec(), tlsRecord(23, Buffer.from(this.pool.bytes.subarray(9, 2700 + (seed % 900))))));
      yield* connection.say('client', cat(changeCipherSpec(), tlsRecord(23, Buffer.from(this.pool.bytes.subarray(9, 62)))));
    } else {
      yield* connection.say('server', cat(tlsRecord(HANDSHAKE, answer), tlsRecord(HANDSHAKE, certificates(BEACON_CERTIFICATE)), tlsRecord(HANDSHAKE, Buffer.of(14, 0, 0, 0))));
      yield* connection.say('client', cat(changeCipherSpec(), tlsRecord(HANDSHAKE, Buffer.from(this.pool.bytes.subarray(9, 49)))));
    }
    for (let i = 0; i < exchanges; i++) {
      yield* this.data(connection, 'client', scene.between(60, 1500), gap);
      yield* this.data(connection, 'server', down(), gap);
      yield scene.between(2000, 2_000_000);
    }
    if (random() < 0.1) connection.reset('client');
    else yield* connection.close(random() < 0.7 ? 'client' : 'server');
  }

  /** One connection without an end that carries one stream of records as fast as the line does. */
  *elephant(client: Host, server: Host): Generator<number, void> {
    const connection = this.scene.connection(client, server, 443);
    yield* connection.open();
    yield* connection.say('client', hello(CHROMIUM, 'backup.example', 1));
    yield* connection.say('server', cat(tlsRecord(HANDSHAKE, serverHello({ cipher: 0x1301, extensions: [extension(43, u16(0x0304))] })), changeCipherSpec()));
    for (;;) yield* connection.send('client', this.pool, 12);
  }
}
