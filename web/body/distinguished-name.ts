import { DerReader, TAG_OID, TAG_SEQUENCE, TAG_SET, oidText, upperHex } from './der';
import { ATTRIBUTE_NAMES } from './oids';

/** Bytes a character of each string type takes, 0 = UTF-8; types that are not here are written as DER. */
const CHARACTER_BYTES: ReadonlyMap<number, number> = new Map([
  [12, 0], // UTF8String
  [18, 1], [19, 1], // NumericString, PrintableString
  [20, 1], // T61String, read as Latin-1 as OpenSSL does
  [22, 1], [23, 1], [24, 1], [26, 1], // IA5String, UTCTime, GeneralizedTime, VisibleString
  [28, 4], [30, 2], // UniversalString, BMPString
]);

const SPECIAL = ',+"\\<>;';

/** The bytes of a string in UTF-8; null when they are not of their type. */
function toUtf8(bytes: Uint8Array, width: number): Uint8Array | null {
  if (width === 0) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      return bytes;
    } catch {
      return null;
    }
  }
  if (bytes.length % width !== 0) return null;
  let text = '';
  for (let at = 0; at < bytes.length; at += width) {
    let code = 0;
    for (let i = 0; i < width; i++) code = code * 256 + (bytes[at + i] ?? 0);
    if (code > 0x10ffff) return null;
    text += String.fromCodePoint(code);
  }
  return new TextEncoder().encode(text);
}

/** RFC 2253 §2.4, and as OpenSSL every byte that is no printable ASCII as two hexadecimal digits. */
function escape(bytes: Uint8Array): string {
  let text = '';
  bytes.forEach((byte, i) => {
    const character = String.fromCharCode(byte);
    const edge = (byte === 0x20 && (i === 0 || i === bytes.length - 1)) || (byte === 0x23 && i === 0);
    if (byte < 0x20 || byte > 0x7e) text += `\\${upperHex(Uint8Array.of(byte))}`;
    else text += SPECIAL.includes(character) || edge ? `\\${character}` : character;
  });
  return text;
}

/**
 * A Name (RFC 5280 §4.1.2.4) as Zeek writes it, which is OpenSSL's XN_FLAG_RFC2253: last attribute first, `,` between
 * relative names and `+` within one. `content` is that of the outer SEQUENCE. @throws DerError
 */
export function distinguishedName(content: Uint8Array): string {
  const attributes: { text: string; set: number }[] = [];
  const names = new DerReader(content);
  for (let set = 0; !names.done; set++) {
    const relative = new DerReader(names.expect(TAG_SET, 'relative name').content);
    while (!relative.done) {
      const pair = new DerReader(relative.expect(TAG_SEQUENCE, 'attribute').content);
      const oid = oidText(pair.expect(TAG_OID, 'attribute type').content);
      const value = pair.next('attribute value');
      const name = ATTRIBUTE_NAMES.get(oid);
      const width = name === undefined ? undefined : CHARACTER_BYTES.get(value.tag);
      const utf8 = width === undefined ? null : toUtf8(value.content, width);
      attributes.push({ text: `${name ?? oid}=${utf8 === null ? `#${upperHex(value.whole)}` : escape(utf8)}`, set });
    }
  }
  let text = '';
  for (let i = attributes.length - 1; i >= 0; i--) {
    const attribute = attributes[i];
    const before = attributes[i + 1];
    if (attribute) text += (before === undefined ? '' : before.set === attribute.set ? '+' : ',') + attribute.text;
  }
  return text;
}
