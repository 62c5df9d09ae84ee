import { u16, u24, u8 } from './dns-messages';

export const HANDSHAKE = 22;
export const ALERT = 21;
export const CHANGE_CIPHER_SPEC = 20;
export const APPLICATION_DATA = 23;

/** A TLS record. */
export const tlsRecord = (type: number, data: Buffer, version = 0x0303): Buffer =>
  Buffer.concat([u8(type), u16(version), u16(data.length), data]);

/** A handshake message (without its record). */
export const handshake = (type: number, body: Buffer): Buffer => Buffer.concat([u8(type), u24(body.length), body]);

export const extension = (type: number, data: Buffer): Buffer => Buffer.concat([u16(type), u16(data.length), data]);

const list16 = (items: Buffer): Buffer => Buffer.concat([u16(items.length), items]);
const list8 = (items: Buffer): Buffer => Buffer.concat([u8(items.length), items]);
const numbers = (values: readonly number[]): Buffer => Buffer.concat(values.map(u16));

export const serverName = (name: string): Buffer =>
  extension(0, list16(Buffer.concat([u8(0), list16(Buffer.from(name, 'latin1'))])));
export const groups = (...values: number[]): Buffer => extension(10, list16(numbers(values)));
export const pointFormats = (...values: number[]): Buffer => extension(11, list8(Buffer.from(values)));
export const signatureAlgorithms = (...values: number[]): Buffer => extension(13, list16(numbers(values)));
export const alpn = (...names: string[]): Buffer =>
  extension(16, list16(Buffer.concat(names.map((name) => list8(Buffer.from(name, 'latin1'))))));
export const supportedVersions = (...values: number[]): Buffer => extension(43, list8(numbers(values)));

export interface Hello {
  readonly version?: number;
  readonly random?: Buffer;
  readonly sessionId?: Buffer;
  readonly extensions?: readonly Buffer[];
}

const tail = (extensions: readonly Buffer[] | undefined): Buffer => (extensions ? list16(Buffer.concat(extensions)) : Buffer.alloc(0));

export function clientHello(hello: Hello & { readonly ciphers: readonly number[] }): Buffer {
  return handshake(1, Buffer.concat([
    u16(hello.version ?? 0x0303), hello.random ?? Buffer.alloc(32, 7), list8(hello.sessionId ?? Buffer.alloc(0)),
    list16(numbers(hello.ciphers)), Buffer.from([1, 0]), tail(hello.extensions),
  ]));
}

export function serverHello(hello: Hello & { readonly cipher: number }): Buffer {
  return handshake(2, Buffer.concat([
    u16(hello.version ?? 0x0303), hello.random ?? Buffer.alloc(32, 9), list8(hello.sessionId ?? Buffer.alloc(0)),
    u16(hello.cipher), u8(0), tail(hello.extensions),
  ]));
}

/** A Certificate message of TLS 1.2 and older. */
export const certificates = (...der: Buffer[]): Buffer => {
  const items = Buffer.concat(der.map((one) => Buffer.concat([u24(one.length), one])));
  return handshake(11, Buffer.concat([u24(items.length), items]));
};

/** ServerKeyExchange with a named curve. */
export const ecdheParameters = (curve: number): Buffer => handshake(12, Buffer.concat([u8(3), u16(curve), Buffer.alloc(70, 4)]));

export const changeCipherSpec = (): Buffer => tlsRecord(CHANGE_CIPHER_SPEC, u8(1));
/** A record that nobody can read. */
export const encrypted = (type = APPLICATION_DATA, length = 48): Buffer => tlsRecord(type, Buffer.alloc(length, 0x5a));
