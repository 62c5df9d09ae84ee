import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import type { CertificateFacts } from '../types';
import { certificateFacts, X509 } from '../certificate';
import { RowFacts, TextLists, withAddresses, withTexts } from './rows';

/** The ssl log. */
export class TlsFacts extends RowFacts {
  serverName = new Uint32Array(0);
  /** Numbers of the address book. */
  resp = new Int32Array(0);
  /** Fingerprints in lower case. */
  ja3 = new Uint32Array(0);
  ja3s = new Uint32Array(0);
  ja4 = new Uint32Array(0);
  /** SHA-256 of the server's and the client's certificates, as written. */
  readonly chain = new TextLists();
  readonly clientChain = new TextLists();

  protected take(chunk: LogChunk, at: number, end: number): void {
    const { rows } = chunk;
    const { pool } = this.texts;
    const read = (into: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> => withTexts(into, pool, chunk.columns[index]!, rows, at);
    this.serverName = read(this.serverName, abi.SSL_SERVER_NAME);
    this.ja3 = read(this.ja3, abi.SSL_JA3);
    this.ja3s = read(this.ja3s, abi.SSL_JA3S);
    this.ja4 = read(this.ja4, abi.SSL_JA4);
    for (const column of [this.ja3, this.ja3s, this.ja4]) for (let row = at; row < end; row++) column[row] = this.texts.lower(column[row]!);
    this.resp = withAddresses(this.resp, this.texts.book, chunk.columns[abi.COL_RESP_H]!, rows, at);
    this.chain.take(pool, chunk.columns[abi.SSL_CERT_CHAIN_FPS]!, rows, at);
    this.clientChain.take(pool, chunk.columns[abi.SSL_CLIENT_CERT_CHAIN_FPS]!, rows, at);
  }
}

/** One certificate of the x509 log, by its fingerprint; repeated rows say the same. */
export interface Certificate {
  readonly fingerprint: number;
  /** First and last row of it. */
  readonly first: number;
  last: number;
  authority: boolean;
}

/** The x509 log: each certificate once. */
export class CertificateRows extends RowFacts {
  /** In the order of their first rows. */
  readonly certificates: Certificate[] = [];
  private readonly byFingerprint = new Map<number, Certificate>();
  private readonly facts = new Map<Certificate, { row: number; facts: CertificateFacts }>();

  protected take(chunk: LogChunk, at: number): void {
    const fingerprints = chunk.columns[X509.fingerprint]!;
    const authorities = chunk.columns[X509.ca]!.values;
    for (let r = 0; r < chunk.rows; r++) {
      const fingerprint = this.texts.lower(this.texts.pool.intern(fingerprints.data, fingerprints.offsets[r]!, fingerprints.offsets[r + 1]!));
      let known = this.byFingerprint.get(fingerprint);
      if (!known) {
        this.byFingerprint.set(fingerprint, known = { fingerprint, first: at + r, last: at + r, authority: false });
        this.certificates.push(known);
      }
      known.last = at + r;
      if (authorities[r] === 1) known.authority = true;
    }
  }

  /** The certificate of a fingerprint (number of its lower-case text). */
  find(fingerprint: number): Certificate | undefined {
    return this.byFingerprint.get(fingerprint);
  }

  factsOf(certificate: Certificate): CertificateFacts {
    let known = this.facts.get(certificate);
    if (known?.row !== certificate.last && this.table) this.facts.set(certificate, known = { row: certificate.last, facts: certificateFacts(this.table, certificate.last) });
    if (!known) throw new RangeError('a certificate without its log');
    return known.facts;
  }
}
