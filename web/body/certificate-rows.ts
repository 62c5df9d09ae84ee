import {
  CERT_CHAIN_INDEX, CERT_DER, CERT_FUID, CERT_IS_ORIG, CERT_SHA256, COMMON_COLUMNS, LOG_CERT, LOG_FILES, LOG_X509,
} from '../../assembly/abi/logs';
import { openChunk, packChunk, type ColumnData, type ColumnParts, type LogChunk, type PackedChunk } from '../engine/chunk';
import { SCHEMAS, type LogSchema } from '../engine/schema';
import { parseCertificate, type Certificate } from './certificate';
import type { BodyHasher } from './hashing';
import { columnParts, isValid, sameParts, strBytes, type Cell } from './rows';

/** Certificates whose parsed form is kept for later rows without bytes; the least recently used goes first. */
export const MAX_KEPT_CERTIFICATES = 32768;

/** Zeek's types of the certificates of a handshake: the first of a chain, and those that follow it. */
export const MIME_USER_CERTIFICATE = 'application/x-x509-user-cert';
export const MIME_CA_CERTIFICATE = 'application/x-x509-ca-cert';

interface Known {
  readonly certificate: Certificate;
  readonly length: number;
  readonly md5: string | null;
  readonly sha1: string | null;
}

/** One row of LOG_CERT and what is known of its certificate. */
interface Occurrence {
  readonly sha256: string;
  readonly fuid: Uint8Array | null;
  readonly isOrig: boolean;
  readonly first: boolean;
  /** Only where the row carries the bytes. */
  readonly der: Uint8Array | null;
  readonly known: Known | null;
}

/**
 * Turns LOG_CERT chunks into x509 and files chunks: one row of each for every certificate of every handshake. Each
 * unique certificate is parsed once; rows that come without bytes take it from what is kept.
 *
 * What Zeek leaves out when it writes the logs (and whoever writes them from these rows must leave out, too):
 * - x509.log: a row only for the first occurrence of each (fingerprint, host_cert, client_cert), and again a day after
 *   the last one written (X509::relog_known_certificates_after); `host_cert` is the first certificate of a chain,
 *   whichever side sent it, `client_cert` what the originator sent. Certificates that OpenSSL cannot parse get none.
 * - files.log: no certificates at all (X509::log_x509_in_files_log is off): no rows of the two types above.
 */
export class CertificateRows {
  private readonly known = new Map<string, Known>();

  /** @param withFiles whether rows of the files log are made; whoever only writes logs has no use for them */
  constructor(private readonly hasher: BodyHasher, private readonly withFiles = true) {}

  /** @returns the chunks, `files` null when it is not made. @throws RangeError when the chunk is of another log */
  complete(chunk: PackedChunk): { x509: PackedChunk; files: PackedChunk | null } {
    if (chunk.log !== LOG_CERT) throw new RangeError(`chunk of log ${chunk.log} is not of certificates`);
    const open = openChunk(chunk);
    const occurrences = Array.from({ length: chunk.rows }, (_, r) => this.occurrence(open, r));
    return {
      x509: rebuild(LOG_X509, open, occurrences, X509_CELLS),
      files: this.withFiles ? rebuild(LOG_FILES, open, occurrences, FILES_CELLS) : null,
    };
  }

  private occurrence(chunk: LogChunk, r: number): Occurrence {
    const column = (index: number): ColumnData => {
      const data = chunk.columns[index];
      if (!data) throw new RangeError(`no column ${index} of certificates`);
      return data;
    };
    const der = strBytes(column(CERT_DER), r);
    const written = strBytes(column(CERT_SHA256), r);
    const sha256 = written ? new TextDecoder().decode(written) : der ? this.hasher.digest(der)?.sha256 ?? '' : '';
    const index = column(CERT_CHAIN_INDEX).values;
    return {
      sha256, der,
      fuid: strBytes(column(CERT_FUID), r),
      isOrig: isValid(column(CERT_IS_ORIG), r) && column(CERT_IS_ORIG).values[r] === 1,
      first: index[r * 2] === 0 && index[r * 2 + 1] === 0,
      known: this.lookUp(sha256, der),
    };
  }

  private lookUp(sha256: string, der: Uint8Array | null): Known | null {
    let known = this.known.get(sha256) ?? null;
    if (known) this.known.delete(sha256);
    else if (der) {
      // No log but files has these.
      const digests = this.withFiles ? this.hasher.digest(der) : null;
      known = { certificate: parseCertificate(der), length: der.length, md5: digests?.md5 ?? null, sha1: digests?.sha1 ?? null };
    }
    if (!known) return null;
    this.known.set(sha256, known);
    if (this.known.size > MAX_KEPT_CERTIFICATES) {
      const oldest = this.known.keys().next().value;
      if (oldest !== undefined) this.known.delete(oldest);
    }
    return known;
  }
}

type Cells = ReadonlyMap<string, (one: Occurrence) => Cell>;
const list = (items: readonly string[] | undefined): readonly string[] | null => (items && items.length > 0 ? items : null);
const of = (pick: (certificate: Certificate) => Cell) => (one: Occurrence): Cell => (one.known ? pick(one.known.certificate) : null);

const X509_CELLS: Cells = new Map<string, (one: Occurrence) => Cell>([
  ['fingerprint', (one) => one.sha256],
  ['certificate.version', of((c) => c.version)],
  ['certificate.serial', of((c) => c.serial)],
  ['certificate.subject', of((c) => c.subject)],
  ['certificate.issuer', of((c) => c.issuer)],
  ['certificate.not_valid_before', of((c) => c.not_valid_before)],
  ['certificate.not_valid_after', of((c) => c.not_valid_after)],
  ['certificate.key_alg', of((c) => c.key_alg)],
  ['certificate.sig_alg', of((c) => c.sig_alg)],
  ['certificate.key_type', of((c) => c.key_type)],
  ['certificate.key_length', of((c) => c.key_length)],
  ['certificate.exponent', of((c) => c.exponent)],
  ['certificate.curve', of((c) => c.curve)],
  ['san.dns', of((c) => list(c.san_dns))],
  ['san.uri', of((c) => list(c.san_uri))],
  ['san.email', of((c) => list(c.san_email))],
  ['san.ip', of((c) => list(c.san_ip))],
  ['basic_constraints.ca', of((c) => c.basic_constraints_ca)],
  ['basic_constraints.path_len', of((c) => c.basic_constraints_path_len)],
  ['host_cert', (one) => one.first],
  ['client_cert', (one) => one.isOrig],
  ['sha1', (one) => one.known?.sha1 ?? null],
  ['md5', (one) => one.known?.md5 ?? null],
  ['der', (one) => one.der],
  ['error', (one) => (one.known ? one.known.certificate.error : 'certificate was seen before and is no longer kept')],
]);

const FILES_CELLS: Cells = new Map<string, (one: Occurrence) => Cell>([
  ['fuid', (one) => one.fuid],
  ['source', () => 'SSL'],
  ['depth', () => 0],
  ['mime_type', (one) => (one.first ? MIME_USER_CERTIFICATE : MIME_CA_CERTIFICATE)],
  ['duration', () => 0],
  ['is_orig', (one) => one.isOrig],
  ['seen_bytes', (one) => one.known?.length ?? null],
  ['missing_bytes', () => 0],
  ['overflow_bytes', () => 0],
  ['timedout', () => false],
  ['md5', (one) => one.known?.md5 ?? null],
  ['sha1', (one) => one.known?.sha1 ?? null],
  ['sha256', (one) => one.sha256],
]);

/** The columns that every log of a flow begins with are the chunk's own; the others come from the cells. */
function rebuild(log: number, chunk: LogChunk, occurrences: readonly Occurrence[], cells: Cells): PackedChunk {
  const schema: LogSchema | undefined = SCHEMAS[log];
  if (!schema) throw new RangeError(`no log ${log}`);
  return packChunk(schema, chunk.rows, schema.columns.map((column, index): ColumnParts => {
    const common = index < COMMON_COLUMNS ? chunk.columns[index] : undefined;
    if (common) return sameParts(common);
    const cell = cells.get(column.name);
    return columnParts(column, occurrences.map((one) => (cell ? cell(one) : null)));
  }));
}
