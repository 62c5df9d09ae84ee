// Addresses as the columns hold them: 16 bytes, IPv4 as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2).

/**
 * What an address is for, after IANA's special-purpose registries (RFC 6890) and the multicast ranges:
 * `private` RFC 1918, unique local (RFC 4193) and the old site-local; `shared` RFC 6598 (carrier-grade NAT);
 * `reserved` everything else that is not globally reachable.
 */
export type AddressScope =
  | 'global' | 'private' | 'shared' | 'loopback' | 'link-local' | 'multicast' | 'broadcast' | 'documentation'
  | 'benchmarking' | 'unspecified' | 'reserved';

/** A prefix: 16 bytes of address and how many leading bits count (0–128; IPv4 prefixes are 96 + n). */
export interface Network {
  readonly bytes: Uint8Array;
  readonly bits: number;
}

const ADDRESS_BYTES = 16;
const V4_BITS = 96;

/** True for ::ffff:0:0/96, the form that IPv4 addresses have in the columns. */
export function isV4(bytes: Uint8Array): boolean {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return false;
  return bytes[10] === 0xff && bytes[11] === 0xff;
}

/**
 * An address as text: dotted for IPv4, RFC 5952 for IPv6 (lower case, the longest run of two or more zero groups as
 * `::`, the first one of equal runs). '' when `bytes` has not 16 bytes.
 */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length !== ADDRESS_BYTES) return '';
  if (isV4(bytes)) return `${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`;
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8;) {
    let n = 0;
    while (i + n < 8 && group(bytes, i + n) === 0) n++;
    if (n > bestLength) { bestStart = i; bestLength = n; }
    i += n + 1;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) { text += '::'; i += bestLength - 1; continue; }
    if (text !== '' && !text.endsWith('::')) text += ':';
    text += group(bytes, i).toString(16);
  }
  return text;
}

function group(bytes: Uint8Array, i: number): number {
  return ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0);
}

/** A MAC address as lower-case `aa:bb:cc:dd:ee:ff`; '' when fewer than six bytes are given. */
export function formatMac(bytes: Uint8Array): string {
  if (bytes.length < 6) return '';
  let text = '';
  for (let i = 0; i < 6; i++) text += (i === 0 ? '' : ':') + (bytes[i] ?? 0).toString(16).padStart(2, '0');
  return text;
}

/** Four bytes of strict dotted decimal (no leading zeros, RFC 6943 §3.1.1), or null. */
function parseV4(text: string): number[] | null {
  const { length } = text;
  if (length < 7 || length > 15) return null;
  const bytes: number[] = [];
  let value = 0;
  let digits = 0;
  for (let i = 0; i <= length; i++) {
    const c = i < length ? text.charCodeAt(i) : 46;
    if (c === 46) {
      if (digits === 0 || value > 255 || bytes.length === 4) return null;
      bytes.push(value);
      value = 0;
      digits = 0;
      continue;
    }
    if (c < 48 || c > 57 || digits === 3 || (digits === 1 && value === 0)) return null;
    value = value * 10 + c - 48;
    digits++;
  }
  return bytes.length === 4 ? bytes : null;
}

/**
 * The 16 bytes of an address written as IPv4 or IPv6 text (RFC 4291 §2.2, square brackets allowed), null when it is
 * neither. Zone ids (`%eth0`) are refused: they mean something on one host only.
 */
export function parseAddress(text: string): Uint8Array | null {
  if (text.length > 47) return null;
  const v4 = parseV4(text);
  if (v4) return mapV4(v4);
  let body = text;
  if (body.startsWith('[') && body.endsWith(']')) body = body.slice(1, -1);
  if (!body.includes(':') || !/^[0-9a-fA-F:.]+$/.test(body)) return null;
  const halves = body.split('::');
  if (halves.length > 2) return null;
  const head = parseGroups(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '', true) : [];
  if (!head || !tail) return null;
  const missing = ADDRESS_BYTES - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 2) return null;
  const bytes = new Uint8Array(ADDRESS_BYTES);
  bytes.set(head, 0);
  bytes.set(tail, ADDRESS_BYTES - tail.length);
  return bytes;
}

function parseGroups(text: string, mayEndInV4: boolean): number[] | null {
  if (text === '') return [];
  const bytes: number[] = [];
  const parts = text.split(':');
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? '';
    if (part.includes('.')) {
      const v4 = mayEndInV4 && i === parts.length - 1 ? parseV4(part) : null;
      if (!v4) return null;
      bytes.push(...v4);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return null;
      const value = parseInt(part, 16);
      bytes.push(value >> 8, value & 255);
    }
  }
  return bytes.length <= ADDRESS_BYTES ? bytes : null;
}

function mapV4(v4: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(ADDRESS_BYTES);
  bytes[10] = 0xff;
  bytes[11] = 0xff;
  bytes.set(v4, 12);
  return bytes;
}

/** Parses `10.0.0.0/8`, `fd00::/8` or a bare address; null when it is no prefix. Host bits are cleared. */
export function parseNetwork(text: string): Network | null {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (!address) return null;
  const base = isV4(address) ? V4_BITS : 0;
  let bits = 128;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length)) return null;
    bits = base + Number(length);
    if (bits > 128) return null;
  }
  for (let i = 0; i < ADDRESS_BYTES; i++) {
    const keep = Math.max(0, Math.min(8, bits - i * 8));
    address[i] = (address[i] ?? 0) & (0xff << (8 - keep)) & 0xff;
  }
  return { bytes: address, bits };
}

/** True when the 16-byte address lies in the network. */
export function inNetwork(bytes: Uint8Array, network: Network): boolean {
  const whole = network.bits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== network.bytes[i]) return false;
  const rest = network.bits & 7;
  if (rest === 0) return true;
  const mask = (0xff << (8 - rest)) & 0xff;
  return ((bytes[whole] ?? 0) & mask) === ((network.bytes[whole] ?? 0) & mask);
}

// First match wins, so narrower blocks stand before the wider ones that hold them.
// https://www.iana.org/assignments/iana-ipv4-special-registry and …/iana-ipv6-special-registry
const SPECIAL: readonly (readonly [string, AddressScope])[] = [
  ['0.0.0.0/32', 'unspecified'], ['0.0.0.0/8', 'reserved'], ['10.0.0.0/8', 'private'], ['100.64.0.0/10', 'shared'],
  ['127.0.0.0/8', 'loopback'], ['169.254.0.0/16', 'link-local'], ['172.16.0.0/12', 'private'],
  ['192.0.0.9/32', 'global'], ['192.0.0.10/32', 'global'], ['192.0.0.0/24', 'reserved'],
  ['192.0.2.0/24', 'documentation'], ['192.88.99.0/24', 'reserved'], ['192.168.0.0/16', 'private'],
  ['198.18.0.0/15', 'benchmarking'], ['198.51.100.0/24', 'documentation'], ['203.0.113.0/24', 'documentation'],
  ['224.0.0.0/4', 'multicast'], ['255.255.255.255/32', 'broadcast'], ['240.0.0.0/4', 'reserved'],
  ['::ffff:0:0/96', 'global'],
  ['::/128', 'unspecified'], ['::1/128', 'loopback'], ['64:ff9b::/96', 'global'], ['64:ff9b:1::/48', 'private'],
  ['100::/63', 'reserved'], ['2001::/32', 'global'], ['2001:1::1/128', 'global'], ['2001:1::2/128', 'global'],
  ['2001:1::3/128', 'global'], ['2001:2::/48', 'benchmarking'], ['2001:3::/32', 'global'],
  ['2001:4:112::/48', 'global'], ['2001:20::/28', 'global'], ['2001:30::/28', 'global'], ['2001::/23', 'reserved'],
  ['2001:db8::/32', 'documentation'], ['3fff::/20', 'documentation'], ['2000::/3', 'global'],
  ['fc00::/7', 'private'], ['fe80::/10', 'link-local'], ['fec0::/10', 'private'], ['ff00::/8', 'multicast'],
  ['::/0', 'reserved'],
];
const SPECIAL_NETWORKS: readonly { readonly network: Network; readonly scope: AddressScope }[] = SPECIAL.map(([text, scope]) => {
  const network = text === '::ffff:0:0/96' ? { bytes: mapV4([0, 0, 0, 0]), bits: V4_BITS } : parseNetwork(text);
  if (!network) throw new RangeError(`bad prefix ${text}`);
  return { network, scope };
});

/** What a 16-byte address is for; NAT64's well-known prefix (RFC 6052) takes the scope of the IPv4 address inside. */
export function addressScope(bytes: Uint8Array): AddressScope {
  if (bytes.length !== ADDRESS_BYTES) return 'reserved';
  const embedded = nat64(bytes);
  if (embedded) return addressScope(embedded);
  for (const { network, scope } of SPECIAL_NETWORKS) if (inNetwork(bytes, network)) return scope;
  return 'reserved';
}

const NAT64 = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0];

function nat64(bytes: Uint8Array): Uint8Array | null {
  for (let i = 0; i < NAT64.length; i++) if (bytes[i] !== NAT64[i]) return null;
  return mapV4([...bytes.subarray(12)]);
}

/** Prefixes given as text by a person; says which of them could not be read. */
export function parseNetworks(texts: readonly string[]): { networks: Network[]; bad: string[] } {
  const networks: Network[] = [];
  const bad: string[] = [];
  for (const text of texts) {
    const network = parseNetwork(text.trim());
    if (network) networks.push(network);
    else bad.push(text);
  }
  return { networks, bad };
}

/** Scopes that are our own side. */
export const LOCAL_SCOPES: ReadonlySet<AddressScope> = new Set<AddressScope>(['private', 'shared', 'link-local', 'loopback']);

/**
 * True for an address of our own side: RFC 1918 and its kin (shared, unique local, link-local, loopback) and the
 * networks that the user named.
 */
export function isLocal(bytes: Uint8Array, networks: readonly Network[] = []): boolean {
  for (const network of networks) if (inNetwork(bytes, network)) return true;
  return LOCAL_SCOPES.has(addressScope(bytes));
}
