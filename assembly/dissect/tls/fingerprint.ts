// JA3 and JA3S (https://github.com/salesforce/ja3) and JA4, the TLS client's (https://github.com/FoxIO-LLC/ja4, BSD
// licence; the rest of that family has another licence and is left out).

import { md5Final, md5Init, md5Update, sha256Final, sha256Init, sha256Update } from "../../digest/index";
import { be16, decimal, hex } from "../../memory/bytes";

/** A parsed hello, as pointers into the message. */
export let helloVersion: u32 = 0;
export let helloCiphers: usize = 0;
export let helloCiphersLength: u32 = 0;
export let helloExtensions: usize = 0;
export let helloExtensionsLength: u32 = 0;

/** Says which hello the functions below speak of: legacy version, the cipher suites' bytes, the extensions' bytes. */
export function setHello(version: u32, ciphers: usize, ciphersLength: u32, extensions: usize, extensionsLength: u32): void {
  helloVersion = version;
  helloCiphers = ciphers;
  helloCiphersLength = ciphersLength;
  helloExtensions = extensions;
  helloExtensionsLength = extensionsLength;
}

const EXT_SERVER_NAME: u32 = 0;
const EXT_GROUPS: u32 = 10;
const EXT_POINT_FORMATS: u32 = 11;
const EXT_SIGNATURE_ALGORITHMS: u32 = 13;
const EXT_ALPN: u32 = 16;
const EXT_SUPPORTED_VERSIONS: u32 = 43;

const md5State: usize = memory.data(88, 8);
const sha256State: usize = memory.data(104, 8);
const digest: usize = memory.data(32, 8);
const digits: usize = memory.data(24, 8);
/** 16-bit values of one list; a hello of 64 KiB cannot hold more. */
const LIST: usize = memory.data(65536, 16);

/** Values that a client throws in at random to keep servers tolerant (RFC 8701). */
// @ts-ignore: decorator
@inline
export function isGrease(value: u32): bool {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

// Pointer to the data of the first extension of `type`; its length goes to `found`. 0 = it has none.
let found: u32 = 0;
function extension(type: u32): usize {
  let at: u32 = 0;
  while (at + 4 <= helloExtensionsLength) {
    const p = helloExtensions + at;
    const n = be16(p + 2);
    if (be16(p) == type) {
      found = n;
      return p + 4;
    }
    at += 4 + n;
  }
  found = 0;
  return 0;
}

function md5Byte(c: u32): void {
  store<u8>(digits, c);
  md5Update(md5State, digits, 1);
}

function md5Decimal(value: u32, first: bool): void {
  if (!first) md5Byte(45);
  md5Update(md5State, digits, decimal(value, digits));
}

function md5Extensions(): void {
  let first = true;
  for (let at: u32 = 0; at + 4 <= helloExtensionsLength; at += 4 + be16(helloExtensions + at + 2)) {
    const type = be16(helloExtensions + at);
    if (isGrease(type)) continue;
    md5Decimal(type, first);
    first = false;
  }
}

function md5List16(p: usize, n: u32): void {
  let first = true;
  for (let i: u32 = 0; i + 2 <= n; i += 2) {
    const value = be16(p + i);
    if (isGrease(value)) continue;
    md5Decimal(value, first);
    first = false;
  }
}

/** Writes the JA3 of the client hello (32 digits) to `out`: version, suites, extensions, groups, point formats. */
export function ja3(out: usize): void {
  md5Init(md5State);
  md5Decimal(helloVersion, true);
  md5Byte(44);
  md5List16(helloCiphers, helloCiphersLength);
  md5Byte(44);
  md5Extensions();
  md5Byte(44);
  let p = extension(EXT_GROUPS);
  if (p != 0 && found >= 2) md5List16(p + 2, min<u32>(found - 2, be16(p)));
  md5Byte(44);
  p = extension(EXT_POINT_FORMATS);
  if (p != 0 && found >= 1) {
    const n = min<u32>(found - 1, load<u8>(p));
    for (let i: u32 = 0; i < n; i++) md5Decimal(load<u8>(p + 1 + i), i == 0);
  }
  md5Final(md5State, digest);
  hex(digest, 16, out);
}

/** Writes the JA3S of the server hello (32 digits) to `out`: version, the chosen suite, extensions. */
export function ja3s(out: usize): void {
  md5Init(md5State);
  md5Decimal(helloVersion, true);
  md5Byte(44);
  md5Decimal(be16(helloCiphers), true);
  md5Byte(44);
  md5Extensions();
  md5Final(md5State, digest);
  hex(digest, 16, out);
}

// Heap sort: no input makes it slow.
function sift(root: u32, n: u32): void {
  const value = load<u16>(LIST + (<usize>root << 1));
  let at = root;
  for (;;) {
    let child: u32 = 2 * at + 1;
    if (child >= n) break;
    if (child + 1 < n && load<u16>(LIST + (<usize>child << 1)) < load<u16>(LIST + (<usize>(child + 1) << 1))) child++;
    const larger = load<u16>(LIST + (<usize>child << 1));
    if (larger <= value) break;
    store<u16>(LIST + (<usize>at << 1), larger);
    at = child;
  }
  store<u16>(LIST + (<usize>at << 1), value);
}

function sortList(n: u32): void {
  for (let i = n >> 1; i > 0; i--) sift(i - 1, n);
  for (let last = n; last > 1; last--) {
    const largest = load<u16>(LIST);
    store<u16>(LIST, load<u16>(LIST + (<usize>(last - 1) << 1)));
    store<u16>(LIST + (<usize>(last - 1) << 1), largest);
    sift(0, last - 1);
  }
}

function hashValue(value: u32, first: bool): void {
  if (!first) {
    store<u8>(digits, 44);
    sha256Update(sha256State, digits, 1);
  }
  store<u16>(digits, bswap<u16>(<u16>value), 8);
  hex(digits + 8, 2, digits);
  sha256Update(sha256State, digits, 4);
}

// The first 12 digits of the hash under way; zeros when nothing went in.
function putHash(nothing: bool, out: usize): void {
  if (nothing) {
    memory.fill(out, 48, 12);
    return;
  }
  sha256Final(sha256State, digest);
  hex(digest, 6, out);
}

function putVersion(version: u32, out: usize): void {
  let letters: u32 = 0x3030; // "00"
  if (version == 0xfefc) letters = 0x3364;
  else if (version == 0xfefd) letters = 0x3264;
  else if (version == 0xfeff) letters = 0x3164;
  if (version == 0x0304) letters = 0x3331;
  else if (version == 0x0303) letters = 0x3231;
  else if (version == 0x0302) letters = 0x3131;
  else if (version == 0x0301) letters = 0x3031;
  else if (version == 0x0300) letters = 0x3373;
  else if (version == 0x0002) letters = 0x3273;
  store<u16>(out, letters);
}

function putCount(n: u32, out: usize): void {
  const shown = n > 99 ? 99 : n;
  store<u8>(out, 48 + shown / 10);
  store<u8>(out, 48 + (shown % 10), 1);
}

function alphanumeric(c: u32): bool {
  return c - 48 < 10 || (c | 32) - 97 < 26;
}

// First and last character of the first protocol offered; of their hexadecimal forms where one is no letter or digit.
function putAlpn(out: usize): void {
  store<u16>(out, 0x3030);
  const p = extension(EXT_ALPN);
  if (p == 0 || found < 3) return;
  const n = min<u32>(load<u8>(p, 2), found - 3);
  if (n == 0) return;
  const first = <u32>load<u8>(p, 3);
  const last = <u32>load<u8>(p + 3 + n - 1);
  if (alphanumeric(first) && alphanumeric(last)) {
    store<u8>(out, first);
    store<u8>(out, last, 1);
    return;
  }
  hex(p + 3, 1, digits);
  hex(p + 3 + n - 1, 1, digits + 2);
  store<u8>(out, load<u8>(digits));
  store<u8>(out, load<u8>(digits, 3), 1);
}

/** A version of DTLS: these count downwards. */
// @ts-ignore: decorator
@inline
function datagrams(version: u32): bool {
  return version >> 8 == 0xfe;
}

/** Writes the JA4 of the client hello (36 characters, over TCP or DTLS) to `out`. */
export function ja4(out: usize): void {
  let version = helloVersion;
  let p = extension(EXT_SUPPORTED_VERSIONS);
  if (p != 0 && found >= 1) {
    const n = min<u32>(found - 1, load<u8>(p));
    let highest: u32 = 0;
    for (let i: u32 = 0; i + 2 <= n; i += 2) {
      const offered = be16(p + 1 + i);
      if (isGrease(offered)) continue;
      if (highest == 0 || (datagrams(offered) ? offered < highest : offered > highest)) highest = offered;
    }
    if (highest != 0) version = highest;
  }
  store<u8>(out, datagrams(helloVersion) ? 100 : 116); // d, t
  putVersion(version, out + 1);
  store<u8>(out, extension(EXT_SERVER_NAME) != 0 ? 100 : 105, 3); // d, i

  let ciphers: u32 = 0;
  for (let i: u32 = 0; i + 2 <= helloCiphersLength; i += 2) {
    const suite = be16(helloCiphers + i);
    if (isGrease(suite)) continue;
    store<u16>(LIST + (<usize>ciphers << 1), suite);
    ciphers++;
  }
  sortList(ciphers);
  sha256Init(sha256State);
  for (let i: u32 = 0; i < ciphers; i++) hashValue(load<u16>(LIST + (<usize>i << 1)), i == 0);
  store<u8>(out, 95, 10);
  putHash(ciphers == 0, out + 11);

  let extensions: u32 = 0;
  let hashed: u32 = 0;
  for (let at: u32 = 0; at + 4 <= helloExtensionsLength; at += 4 + be16(helloExtensions + at + 2)) {
    const type = be16(helloExtensions + at);
    if (isGrease(type)) continue;
    extensions++;
    if (type == EXT_SERVER_NAME || type == EXT_ALPN) continue;
    store<u16>(LIST + (<usize>hashed << 1), type);
    hashed++;
  }
  sortList(hashed);
  sha256Init(sha256State);
  for (let i: u32 = 0; i < hashed; i++) hashValue(load<u16>(LIST + (<usize>i << 1)), i == 0);
  p = extension(EXT_SIGNATURE_ALGORITHMS);
  if (p != 0 && found >= 2) {
    const n = min<u32>(found - 2, be16(p));
    let first = true;
    for (let i: u32 = 0; i + 2 <= n; i += 2) {
      const algorithm = be16(p + 2 + i);
      if (isGrease(algorithm)) continue;
      if (first) {
        store<u8>(digits, 95);
        sha256Update(sha256State, digits, 1);
      }
      hashValue(algorithm, first);
      first = false;
    }
  }
  store<u8>(out, 95, 23);
  putHash(hashed == 0, out + 24);

  putCount(ciphers, out + 4);
  putCount(extensions, out + 6);
  putAlpn(out + 8);
}
