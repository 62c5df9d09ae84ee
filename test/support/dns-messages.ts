export const u8 = (n: number): Buffer => Buffer.from([n]);
export const u16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
export const u24 = (n: number): Buffer => Buffer.from([n >> 16, (n >> 8) & 255, n & 255]);
export const u32 = (n: number): Buffer => Buffer.from([n >>> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255]);
export const hexBytes = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex');

/** A name in wire form; '' is the root. */
export function dnsName(name: string): Buffer {
  const labels = name === '' ? [] : name.split('.');
  return Buffer.concat([...labels.map((label) => Buffer.concat([u8(label.length), Buffer.from(label, 'latin1')])), u8(0)]);
}

/** A pointer to an offset of the message (RFC 1035 §4.1.4). */
export const pointer = (offset: number): Buffer => u16(0xc000 | offset);
/** Where the first question's name is. */
export const QUESTION = pointer(12);

export const question = (name: string, type: number, cls = 1): Buffer => Buffer.concat([dnsName(name), u16(type), u16(cls)]);

export const record = (owner: Buffer, type: number, data: Buffer, ttl = 300, cls = 1): Buffer =>
  Buffer.concat([owner, u16(type), u16(cls), u32(ttl), u16(data.length), data]);

/** Character strings, as in TXT. */
export const strings = (...texts: string[]): Buffer =>
  Buffer.concat(texts.map((text) => Buffer.concat([u8(text.length), Buffer.from(text, 'latin1')])));

export interface DnsMessage {
  readonly id?: number;
  /** The second 16 bits; 0x0100 asks with recursion, 0x8180 answers. */
  readonly flags?: number;
  readonly questions?: readonly Buffer[];
  readonly answers?: readonly Buffer[];
  readonly authorities?: readonly Buffer[];
  readonly additional?: readonly Buffer[];
}

export function dnsMessage(message: DnsMessage): Buffer {
  const sections = [message.questions ?? [], message.answers ?? [], message.authorities ?? [], message.additional ?? []];
  return Buffer.concat([
    u16(message.id ?? 0x1234), u16(message.flags ?? 0x0100), ...sections.map((section) => u16(section.length)), ...sections.flat(),
  ]);
}

/** The message as it goes over TCP. */
export const framed = (message: Buffer): Buffer => Buffer.concat([u16(message.length), message]);

/** A NetBIOS name in its encoded form, one label: 15 bytes padded with spaces, and the suffix. */
export function netbiosName(name: string, suffix: number): string {
  const bytes = Buffer.concat([Buffer.from(name.padEnd(15, ' '), 'latin1'), u8(suffix)]);
  return [...bytes].map((b) => String.fromCharCode(65 + (b >> 4), 65 + (b & 15))).join('');
}
