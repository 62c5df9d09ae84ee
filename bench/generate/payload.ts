import { randomFrom } from '../../fixtures/generate/craft/bytes';

/** Bytes that segments are cut from, with the running sums of their 16-bit words, so that a checksum costs nothing a byte. */
export interface Payload {
  readonly bytes: Uint8Array;
  /** `sums[n]`: the sum of the first n big-endian words, modulo 65535; null when it is not worth having. */
  readonly sums: Uint16Array | null;
}

/** Below this many bytes the words are added up each time. */
const SUMMED_FROM = 512;

export function payload(bytes: Uint8Array): Payload {
  if (bytes.length < SUMMED_FROM) return { bytes, sums: null };
  const sums = new Uint16Array((bytes.length >> 1) + 1);
  let sum = 0;
  for (let word = 0; word < bytes.length >> 1; word++) {
    sum += ((bytes[2 * word] as number) << 8) | (bytes[2 * word + 1] as number);
    if (sum >= 65535) sum -= 65535;
    sums[word + 1] = sum;
  }
  return { bytes, sums };
}

/** Sum of the big-endian words of [start, end), the last one padded with a zero (RFC 1071), not folded. */
export function wordSum({ bytes, sums }: Payload, start: number, end: number): number {
  if (sums && (start & 1) === 0) {
    const whole = (sums[end >> 1] as number) - (sums[start >> 1] as number) + 65535;
    return (end & 1) === 0 ? whole : whole + ((bytes[end - 1] as number) << 8);
  }
  let sum = 0;
  let at = start;
  for (; at + 1 < end; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  return at < end ? sum + ((bytes[at] as number) << 8) : sum;
}

/** Bytes that do not compress, the same for the same seed (xorshift32). */
export function incompressible(length: number, seed: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = (seed | 1) >>> 0;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, length);
}

const WORDS = 'account active after all alert also and answer archive article attack author backup basket before between block book border browse build button cache call cart case change check city class click client close cloud code color content cookie copy country course cover data date default delete deliver design detail device display document domain download edit email engine error event every export field file filter find first folder font footer form free from gallery general group guide hash header help home host image import index input invoice item join just key label language large last layout learn left level library license light line link list load local login logo mail main map market media member menu message model month more name network new news next note number offer office open option order other packet page part password pattern people phone photo place plan player point policy post price print privacy product profile project public query question quick random rate read record region release remove reply report request result review right road route sale save scale screen script search secure select send server service session share ship shop show side sign site size skip small sort source space sport staff star start state status stock stop store story street style submit support system table tag team term test text theme this ticket time title today tool topic total trade travel type under unit update upload user value version video view visit wait watch water week welcome wide window with work world write year zone'.split(' ');

/** Takes one of a list. */
export const oneOf = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** A page, script or record in the way of such files, about `length` bytes, the same for the same seed. */
export function prose(kind: 'html' | 'json' | 'javascript' | 'plain', length: number, seed: number): Buffer {
  const random = randomFrom(seed);
  const word = (): string => oneOf(random, WORDS);
  const words = (n: number): string => Array.from({ length: n }, word).join(' ');
  const number = (): number => Math.floor(random() * 100_000);
  const line = {
    html: () => `<div class="${word()}-${word()}" id="${word()}${number()}"><a href="/${word()}/${word()}-${number()}">${words(4)}</a><p>${words(3 + Math.floor(random() * 20))}.</p></div>`,
    json: () => `{"id":${number()},"name":"${words(2)}","${word()}":{"${word()}":"${words(3)}","count":${number()},"open":${random() < 0.5}}},`,
    javascript: () => `function ${word()}${number()}(${word()}, n) { if (n > ${number()}) return ${word()}.${word()}("${words(2)}"); const ${word()} = n * ${number()}; return this.${word()}; }`,
    plain: () => `${words(6 + Math.floor(random() * 8))}.`,
  }[kind];
  const lines: string[] = kind === 'html' ? [`<!DOCTYPE html>\n<html><head><title>${words(3)}</title></head><body>`] : kind === 'json' ? ['['] : [];
  for (let size = 0; size < length;) {
    const text = line();
    lines.push(text);
    size += text.length + 1;
  }
  if (kind === 'html') lines.push('</body></html>');
  if (kind === 'json') lines.push('null]');
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** A host name of two or three labels. */
export function hostName(random: () => number): string {
  const tops = ['example', 'test', 'com', 'net', 'org', 'io', 'de', 'co.uk'];
  const first = random() < 0.6 ? `${oneOf(random, ['www', 'api', 'cdn', 'static', 'img', 'mail', 'app', 'auth'])}.` : '';
  return `${first}${oneOf(random, WORDS)}${random() < 0.5 ? `-${oneOf(random, WORDS)}` : ''}${Math.floor(random() * 500)}.${oneOf(random, tops)}`;
}

/** A path with a query now and then. */
export function urlPath(random: () => number): string {
  const parts = Array.from({ length: 1 + Math.floor(random() * 3) }, () => oneOf(random, WORDS));
  return `/${parts.join('/')}${random() < 0.3 ? `?${oneOf(random, WORDS)}=${Math.floor(random() * 1e6)}` : ''}`;
}
