import { FILES_FUID, FILES_MIME_TYPE, HTTP_ORIG_FUIDS, HTTP_RESP_FUIDS, SSL_CERT_CHAIN_FPS, SSL_SERVER_NAME } from '../../assembly/abi/logs';
import type { ColumnData, LogChunk } from '../engine/chunk';
import { ByteTable } from './byte-table';
import type { Join } from './fields';
import { decodeText, type CaptureTables } from './table';

/** Caps the memory of the answers that are remembered for (certificate, server name). */
const MAX_REMEMBERED = 100_000;

/**
 * True when a certificate is for the server name that the client asked for, as Zeek's sni_matches_cert has it: any DNS
 * name of the subjectAltName, and the subject's common name only where there is no such name (RFC 6125 §6.4.4); `*`
 * stands for the whole leftmost label (§6.4.3). Zeek compares names with their case.
 */
export function nameMatches(serverName: string, certificateNames: readonly string[]): boolean {
  return certificateNames.some((name) => {
    if (name === serverName) return true;
    if (!name.startsWith('*.')) return false;
    const dot = serverName.indexOf('.');
    return dot > 0 && serverName.slice(dot) === name.slice(1);
  });
}

/** The common name of a subject in RFC 2253 text (first CN; backslash escapes undone), '' when there is none. */
export function commonName(subject: string): string {
  const match = /(?:^|[,+])CN=((?:\\.|[^,+\\])*)/.exec(subject);
  return (match?.[1] ?? '').replace(/\\(.)/g, '$1');
}

const isValid = (data: ColumnData, r: number): boolean => ((data.validity[r >> 3]! >> (r & 7)) & 1) === 1;

/** sni_matches_cert as codes; 0 = no value. */
const SNI_CODES: readonly (boolean | null)[] = [null, false, true];

/**
 * Fields that need other logs than their own; built when first asked for, for the tables as they are then. Their values are
 * numbered: `codes` gives a chunk's rows, `valueOf` what a number stands for.
 */
export class Joins {
  private fuids: ByteTable | null = null;
  /** By number of the fuid: number of its MIME type. */
  private typeOfFuid: number[] = [];
  private readonly types: string[] = [];
  /** Lists of MIME types by their code; [0] is none. */
  private readonly typeLists: (readonly string[] | null)[] = [null];
  private readonly codeOfTypes = new Map<string, number>();
  /** Codes of the lists of one, by number of the type. */
  private readonly codeOfType: number[] = [];
  private fingerprints: ByteTable | null = null;
  /** By number of the fingerprint. */
  private readonly certificateNames: (readonly string[])[] = [];
  private readonly answers = new Map<string, number>();

  constructor(private readonly tables: CaptureTables) {}

  private files(): ByteTable {
    if (this.fuids) return this.fuids;
    const fuids = this.fuids = new ByteTable();
    const typeIds = new ByteTable();
    this.tables.get('files')?.eachChunk((chunk) => {
      const fuid = chunk.columns[FILES_FUID]!;
      const type = chunk.columns[FILES_MIME_TYPE]!;
      for (let r = 0; r < chunk.rows; r++) {
        if (!isValid(type, r)) continue;
        const from = type.offsets[r]!;
        const to = type.offsets[r + 1]!;
        const typeId = typeIds.intern(type.data, from, to);
        if (typeId === this.types.length) this.types.push(decodeText(type.data.subarray(from, to)));
        this.typeOfFuid[fuids.intern(fuid.data, fuid.offsets[r]!, fuid.offsets[r + 1]!)] = typeId;
      }
    });
    return fuids;
  }

  private listCode(types: readonly number[]): number {
    const key = types.join();
    let code = this.codeOfTypes.get(key);
    if (code === undefined) {
      code = this.typeLists.push(types.map((type) => this.types[type]!)) - 1;
      this.codeOfTypes.set(key, code);
    }
    return code;
  }

  private typesCode(fuids: ColumnData, r: number): number {
    if (!isValid(fuids, r)) return 0;
    const files = this.files();
    const types: number[] = [];
    for (let i = fuids.offsets[r]!; i < fuids.offsets[r + 1]!; i++) {
      const id = files.find(fuids.data, fuids.itemOffsets[i]!, fuids.itemOffsets[i + 1]!);
      if (id >= 0) types.push(this.typeOfFuid[id]!);
    }
    const [first] = types;
    if (first === undefined) return 0;
    return types.length === 1 ? this.codeOfType[first] ??= this.listCode(types) : this.listCode(types);
  }

  private certificates(): ByteTable {
    if (this.fingerprints) return this.fingerprints;
    const known = this.fingerprints = new ByteTable();
    const x509 = this.tables.get('x509');
    if (!x509) return known;
    const [fp, san, subject] = [x509.column('fingerprint'), x509.column('san.dns'), x509.column('certificate.subject')];
    x509.eachChunk((chunk, start) => {
      const { data, offsets } = chunk.columns[fp]!;
      for (let r = 0; r < chunk.rows; r++) {
        if (known.intern(data, offsets[r]!, offsets[r + 1]!) < this.certificateNames.length) continue;
        const names = x509.strs(start + r, san);
        this.certificateNames.push(names.length > 0 ? names : [commonName(x509.str(start + r, subject))]);
      }
    });
    return known;
  }

  private sniCode(chunk: LogChunk, r: number): number {
    const name = chunk.columns[SSL_SERVER_NAME]!;
    const chain = chunk.columns[SSL_CERT_CHAIN_FPS]!;
    if (!isValid(name, r) || !isValid(chain, r)) return 0;
    const first = chain.offsets[r]!;
    if (first === chain.offsets[r + 1]!) return 0;
    const certificate = this.certificates().find(chain.data, chain.itemOffsets[first]!, chain.itemOffsets[first + 1]!);
    if (certificate < 0) return 0;
    const serverName = decodeText(name.data.subarray(name.offsets[r]!, name.offsets[r + 1]!));
    const key = `${certificate} ${serverName}`;
    let code = this.answers.get(key);
    if (code === undefined) {
      code = SNI_CODES.indexOf(nameMatches(serverName, this.certificateNames[certificate]!));
      if (this.answers.size < MAX_REMEMBERED) this.answers.set(key, code);
    }
    return code;
  }

  /** The codes of a field for every row of a chunk of its log; 0 = no value. */
  codes(join: Join, chunk: LogChunk): Uint32Array {
    const codes = new Uint32Array(chunk.rows);
    if (join === 'sni_matches_cert') for (let r = 0; r < chunk.rows; r++) codes[r] = this.sniCode(chunk, r);
    else {
      const fuids = chunk.columns[join === 'orig_mime_types' ? HTTP_ORIG_FUIDS : HTTP_RESP_FUIDS]!;
      for (let r = 0; r < chunk.rows; r++) codes[r] = this.typesCode(fuids, r);
    }
    return codes;
  }

  /** What a code of a field stands for. */
  valueOf(join: Join, code: number): boolean | readonly string[] | null {
    return (join === 'sni_matches_cert' ? SNI_CODES[code] : this.typeLists[code]) ?? null;
  }

  /** MIME types of a http row's files, one side; null when none is known. */
  mimeTypesOf(row: number, side: 'orig' | 'resp'): readonly string[] | null {
    const http = this.tables.get('http');
    if (!http) return null;
    const c = http.chunkOf(row);
    const column = side === 'orig' ? HTTP_ORIG_FUIDS : HTTP_RESP_FUIDS;
    return this.typeLists[this.typesCode(http.chunk(c).columns[column]!, row - http.starts[c]!)] ?? null;
  }

  /** sni_matches_cert of a ssl row; null without server name or certificate. */
  sniMatches(row: number): boolean | null {
    const ssl = this.tables.get('ssl');
    if (!ssl) return null;
    const c = ssl.chunkOf(row);
    return SNI_CODES[this.sniCode(ssl.chunk(c), row - ssl.starts[c]!)] ?? null;
  }
}
