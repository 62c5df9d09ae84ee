// What a file is, by its first bytes. The names, the conditions and which of several fitting names wins are Zeek's
// (scripts/base/frameworks/files/magic in Zeek's sources): every rule that fits is weighed by its strength, of equals
// the name that sorts first stands. Text formats are in magic-text.ts.
import { textMatches } from './magic-text';

/** How many first bytes are looked at (Zeek's default_file_bof_buffer_size). */
export const SNIFF_BYTES = 4096;

/** A rule that fits. */
export interface Match {
  readonly mime: string;
  readonly strength: number;
}

interface Rule extends Match {
  /** Latin-1 text at an offset; `?` stands for any byte. */
  readonly at: number;
  readonly bytes: string;
}

const rule = (mime: string, strength: number, bytes: string, at = 0): Rule => ({ mime, strength, at, bytes });

const RULES: readonly Rule[] = [
  rule('application/x-dosexec', 51, 'MZ'),
  rule('application/x-mach-o-executable', 100, '\xce\xfa\xed\xfe'),
  rule('application/x-mach-o-executable', 100, '\xcf\xfa\xed\xfe'),
  rule('application/x-java-pack200', 1, '\xca\xfe\xd0\x0d?'),
  rule('application/x-java-keystore', 70, '\xfe\xed\xfe\xed'),
  rule('application/x-java-jce-keystore', 70, '\xce\xce\xce\xce'),
  rule('application/x-java-jnlp-file', 100, '<jnlp '),
  rule('application/pdf', 80, '%PDF-'),
  rule('application/postscript', 40, '%!'),
  rule('text/rtf', 60, '{\\rtf'),
  rule('application/msword', 50, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'),
  rule('application/msword', 80, 'PO^Q`'),
  rule('application/vnd.openxmlformats-officedocument', 50, 'PK\x03\x04\x14\x00\x06\x00'),
  rule('application/x-msaccess', 180, 'Standard Jet DB\x00', 4),
  rule('application/x-msaccess', 180, 'Standard ACE DB\x00', 4),
  rule('application/vnd.ms-tnef', 100, '\x78\x9f\x3e\x22'),
  rule('application/vnd.ms-pol', 49, 'PReg'),
  rule('application/vnd.ms-outlook', 70, '!BDN'),
  rule('application/x-ms-shortcut', 49, 'L\x00\x00\x00\x01\x14\x02\x00\x00\x00\x00\x00\xc0\x00\x00\x00\x00\x00\x00F'),
  rule('application/x-shockwave-flash', 60, 'FWS'),
  rule('application/x-shockwave-flash', 60, 'CWS'),
  rule('application/x-shockwave-flash', 60, 'ZWS'),
  rule('application/vnd.tcpdump.pcap', 70, '\xa1\xb2\xc3\xd4'),
  rule('application/vnd.tcpdump.pcap', 70, '\xd4\xc3\xb2\xa1'),
  rule('application/vnd.tcpdump.pcap', 100, '\x0a\x0d\x0d\x0a????\x1a\x2b\x3c\x4d'),
  rule('application/vnd.tcpdump.pcap', 100, '\x0a\x0d\x0d\x0a????\x4d\x3c\x2b\x1a'),
  rule('application/pgp-keys', 330, '---BEGIN PGP PUBLIC KEY BLOCK-', 2),
  rule('application/pgp-signature', 280, '-----BEGIN PGP SIGNATURE-'),
  rule('application/pgp', 260, '-----BEGIN PGP MESSAGE-'),
  rule('application/x-pem', 0, '-----BEGIN CERTIFICATE-----'),
  // Archives
  rule('application/zip', 10, 'PK\x03\x04??'),
  rule('application/zip', 10, 'PK\x07\x08PK\x03\x04'),
  rule('application/x-rar', 70, 'Rar!'),
  rule('application/x-gzip', 100, '\x1f\x8b'),
  rule('application/vnd.ms-cab-compressed', 110, 'MSCF\x00\x00\x00\x00'),
  rule('application/x-xar', 100, 'xar!'),
  rule('application/x-rpm', 70, 'drpm'),
  rule('application/x-rpm', 70, '\xed\xab\xee\xdb'),
  rule('application/x-debian-package', 171, '!<arch>\ndebian'),
  rule('application/x-archive', 70, '!<arch>'),
  rule('application/x-stuffit', 70, 'SIT!'),
  rule('application/x-stuffit', 70, 'StuffIt'),
  rule('application/x-lz4', 70, '\x02\x21\x4c\x18'),
  rule('application/x-lz4', 70, '\x04\x22\x4d\x18'),
  rule('application/x-lrzip', 1, 'LRZI'),
  rule('application/x-lzip', 70, 'LZIP'),
  rule('application/warc', 50, 'WARC/'),
  rule('application/x-7z-compressed', 50, '7z\xbc\xaf\x27\x1c'),
  rule('application/x-xz', 90, '\xfd7zXZ\x00'),
  rule('application/x-arj', 50, '\x60\xea'),
  rule('application/x-cpio', 50, '\x71\xc7'),
  rule('application/x-cpio', 50, '\xc7\x71'),
  rule('application/x-compress', 50, '\x1f\x9d'),
  rule('application/x-lzma', 71, '\x5d\x00\x00'),
  rule('application/x-ace', 100, '**ACE**', 7),
  rule('application/x-bzip2', 60, 'BZh'),
  rule('application/x-zoo', 70, '\xdc\xa7\xc4\xfd', 20),
  rule('application/x-dmg', 100, '\x78\x01\x73\x0d\x62\x62\x60'),
  rule('application/x-dmg', 100, '\x78\xda\x63\x60\x18\x05'),
  rule('application/x-dmg', 100, '\x78\x01\x63\x60\x18\x05'),
  rule('application/x-dmg', 100, '\x78\xda\x73\x0d'),
  // Images
  rule('image/tiff', 70, 'MM\x00\x2a'), rule('image/tiff', 70, 'MM\x00\x2b'),
  rule('image/tiff', 70, 'II\x2a\x00'), rule('image/tiff', 70, 'II\x2b\x00'),
  rule('image/gif', 70, 'GIF8'),
  rule('image/jpeg', 52, '\xff\xd8'),
  rule('image/x-icon', 70, '\x00\x00\x01\x00'),
  rule('image/x-cursor', 70, '\x00\x00\x02\x00'),
  rule('image/vnd.adobe.photoshop', 70, '8BPS'),
  rule('image/png', 110, '\x89PNG'),
  rule('image/jp2', 60, 'ftypjp2', 4),
  rule('image/jp2', 70, '\x00\x00\x00\x0cjP  \x0d\x0a\x87\x0a????????jp2 '),
  rule('image/x-xcf', 110, 'gimp xcf'),
  rule('image/x-award-bioslogo', 50, '\x11\x06'), rule('image/x-award-bioslogo', 50, '\x11\x09'),
  rule('image/webp', 70, 'RIFF????WEBP'),
  rule('image/vnd.dwg', 90, 'AC10'),
  // Sound and video
  rule('audio/x-wav', 60, 'RIFF????WAVE'),
  rule('audio/midi', 70, 'MThd'),
  rule('audio/mpeg', 60, 'ID3'),
  rule('audio/m4a', 70, 'ftypm4a', 4),
  rule('video/x-msvideo', 60, 'RIFF????AVI '),
  rule('video/x-flv', 60, 'FLV'),
  rule('video/x-fli', 50, '\x11\xaf', 4),
  rule('video/x-flc', 50, '\x12\xaf', 4),
  rule('video/x-mng', 70, '\x8aMNG'),
  rule('video/x-jng', 70, '\x8bJNG'),
  rule('video/mpv', 71, '\x00\x00\x01\xb3'),
  rule('video/x-sgi-movie', 70, 'MOVI'),
  rule('video/quicktime', 70, 'mdat', 4), rule('video/quicktime', 70, 'moov', 4),
  rule('video/mp4', 70, 'ftypisom', 4), rule('video/mp4', 70, 'ftypmp41', 4), rule('video/mp4', 70, 'ftypmp42', 4),
  rule('video/3gpp', 60, 'ftyp3g', 4), rule('video/3gpp', 60, 'ftypavc1', 4), rule('video/3gpp', 60, 'ftypmmp4', 4),
  rule('video/x-ms-asf', 60, '\x30\x26\xb2\x75'),
  // Fonts
  rule('application/font-woff2', 70, 'wOF2'),
  rule('application/font-woff', 70, 'wOFF'),
  rule('application/x-font-ttf', 80, '\x00\x01\x00\x00\x00'),
  rule('application/vnd.ms-fontobject', 50, 'LP', 34),
  rule('application/vnd.ms-opentype', 70, 'OTTO'),
];

/** The rules whose first byte is at the file's start, by that byte: of a hundred, one or two are left to be looked at. */
const BY_FIRST: readonly (readonly Rule[])[] = Array.from({ length: 256 }, (_, first) => RULES.filter(({ at, bytes }) => at === 0 && bytes.charCodeAt(0) === first));
/** The others, with the first byte of each. */
const FURTHER_IN: readonly (Rule & { readonly first: number })[] = RULES.filter(({ at }) => at > 0)
  .map((one) => ({ ...one, first: one.bytes.charCodeAt(0) }));

const MPEG_AUDIO = '\xe2\xe3\xf2\xf3\xf6\xf7\xfa\xfb\xfc\xfd';
/** Bytes of a tar header that are looked at. */
const TAR_LEAST = 157;
/** What both of the marks below begin with. */
const OCSP_TAG = 0x06;
const OCSP_REQUEST = '\x06\x05\x2b\x0e\x03\x02\x1a';
const OCSP_RESPONSE = '\x06\x09\x2b\x06\x01\x05\x05\x07\x30\x01\x01';

function fits(text: string, { at, bytes }: Rule): boolean {
  if (!bytes.includes('?')) return text.startsWith(bytes, at);
  if (text.length < at + bytes.length) return false;
  for (let i = 0; i < bytes.length; i++) {
    const wanted = bytes.charCodeAt(i);
    if (wanted !== 0x3f && wanted !== text.charCodeAt(at + i)) return false;
  }
  return true;
}

/** ELF's type field (gABI e_type) in the file's own byte order. */
function elf(text: string): string | null {
  if (!text.startsWith('\x7fELF') || text.length < 18) return null;
  const order = text.charCodeAt(5);
  const type = order === 1 ? text.charCodeAt(16) | (text.charCodeAt(17) << 8)
    : order === 2 ? (text.charCodeAt(16) << 8) | text.charCodeAt(17) : 0;
  return [null, 'application/x-object', 'application/x-executable', 'application/x-sharedlib', 'application/x-coredump'][type] ?? null;
}

/** Office Open XML and JAR: the names of the entries say which kind of zip this is. */
function zipMatches(text: string, matches: Match[]): void {
  if (!text.startsWith('PK\x03\x04')) return;
  const rest = text.slice(30);
  for (const [folder, kind] of [['word/', 'wordprocessingml.document'], ['xl/', 'spreadsheetml.sheet'], ['ppt/', 'presentationml.presentation']] as const) {
    if (!['[Content_Types].xml', '_rels/.rels', folder].some((name) => rest.startsWith(name))) continue;
    for (let at = text.indexOf('PK\x03\x04', 30); at >= 0; at = text.indexOf('PK\x03\x04', at + 4)) {
      if (!text.startsWith(folder, at + 30)) continue;
      matches.push({ mime: `application/vnd.openxmlformats-officedocument.${kind}`, strength: 80 });
      break;
    }
  }
  const manifest = text.indexOf('META-INF/MANIFEST.MF');
  if (manifest >= 9 && manifest <= 208 && text.startsWith('\x14\x00', manifest - 4)) matches.push({ mime: 'application/java-archive', strength: 100 });
  const odf = /^mimetypeapplication\/vnd\.oasis\.opendocument\.([a-z]+(?:-[a-z]+)?)/.exec(rest);
  if (odf) matches.push({ mime: `application/vnd.oasis.opendocument.${odf[1] ?? ''}`, strength: 110 });
}

function otherMatches(text: string, first: Uint8Array, matches: Match[]): void {
  const add = (mime: string, strength: number): void => { matches.push({ mime, strength }); };
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0] = first;
  switch (b0) {
    case 0x7f: {
      const type = elf(text);
      if (type !== null) add(type, 50);
      break;
    }
    case 0xca:
      // A Java class and a universal Mach-O binary share their first bytes; the version or the count of parts tells.
      if (text.startsWith('\xca\xfe\xba\xbe') && text.length >= 8) {
        const eighth = text.charCodeAt(7);
        if (eighth >= 0x2d && eighth <= 0x34) add('application/x-java-applet', 71);
        if (text.charCodeAt(6) === 0 && eighth >= 1 && eighth <= 0x14) add('application/x-mach-o-executable', 100);
      }
      break;
    case 0x42:
      if (b1 === 0x4d && text.length >= 16 && '\x0c\x28\x40\x6c\x7c\x80'.includes(text.charAt(14)) && text.charCodeAt(15) === 0) add('image/x-ms-bmp', 50);
      break;
    case 0xff:
      if (text.length > 1 && MPEG_AUDIO.includes(text.charAt(1))) add('audio/mpeg', 20);
      break;
    case 0:
      if (b1 === 0 && b2 === 1 && b3 >= 0xb0 && b3 <= 0xbb) add('video/mpeg', 50);
      break;
    case 0x1a:
      if (!text.startsWith('\x1a\x45\xdf\xa3')) break;
      if (/B\x82.webm/s.test(text)) add('video/webm', 70);
      if (/B\x82.matroska/s.test(text)) add('video/x-matroska', 110);
      break;
    case 0x4d:
      if (/^MZ.{28}(Copyright 1989-1990 PKWARE Inc|PKLITE Copr)\./s.test(text)) add('application/zip', 340);
      if (/^MZ.{34}LH[aA]'s SFX/s.test(text)) add('application/x-lha', 120);
      break;
  }
  for (let i = 11; i <= 19; i++) {
    if (first[i] !== OCSP_TAG) continue;
    const early = (mark: string): boolean => text.slice(11, 19 + mark.length).includes(mark);
    if (early(OCSP_REQUEST)) add('application/ocsp-request', 71);
    if (early(OCSP_RESPONSE)) add('application/ocsp-response', 71);
    break;
  }
  if (b2 === 0x2d && /^..-(lh[ abcdex0-9]|lz[s2-8]|pm[s012]|pc1)-/s.test(text)) add('application/x-lzh', 80);
  if (b3 === 0x1a && b0 < 0x80 && b1 < 0x80 && '\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x14\x48'.includes(text.charAt(2))) add('application/x-arc', 70);
  if (text.length >= TAR_LEAST && /^[ -~\0]{100}(?:[\d ]{7}\0){3}(?:[\d ]{11}\0){2}[\d\0 ]{7}[ \0][0-7\0]/.test(text)) add('application/x-tar', 100);
}

/** Zeek's name for the type of a file that begins with `first` (SNIFF_BYTES are looked at); null when nothing fits. */
export function sniff(first: Uint8Array): string | null {
  if (first.length === 0) return null;
  const text = latin1(first.length > SNIFF_BYTES ? first.subarray(0, SNIFF_BYTES) : first);
  const matches: Match[] = [];
  for (const one of BY_FIRST[first[0] ?? 0] ?? []) if (fits(text, one)) matches.push(one);
  for (const one of FURTHER_IN) if (first[one.at] === one.first && fits(text, one)) matches.push(one);
  zipMatches(text, matches);
  otherMatches(text, first, matches);
  textMatches(text, matches);
  let best: Match | null = null;
  for (const match of matches) {
    if (best === null || match.strength > best.strength || (match.strength === best.strength && match.mime < best.mime)) best = match;
  }
  return best?.mime ?? null;
}

const utf16 = new TextDecoder('utf-16le');
const units = new Uint16Array(SNIFF_BYTES);
/** Bytes up to which the decoder's call costs more than its work. */
const SHORT_BYTES = 512;

/** A character a byte, of SNIFF_BYTES at the most. For long ones the decoder is eighteen times as fast as `String.fromCharCode`. */
function latin1(bytes: Uint8Array): string {
  // A typed array is as good a list of arguments as an array.
  if (bytes.length <= SHORT_BYTES) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  units.set(bytes);
  return utf16.decode(units.subarray(0, bytes.length));
}
