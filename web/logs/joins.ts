import { FILES_FUID, FILES_MIME_TYPE, HTTP_ORIG_FUIDS, HTTP_RESP_FUIDS, SSL_CERT_CHAIN_FPS, SSL_SERVER_NAME } from '../../assembly/abi/logs';
import type { CaptureTables } from './table';

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

/** Fields that need other logs than their own; built when first asked for, for the tables as they are then. */
export class Joins {
  private mimeTypes: Map<string, string> | null = null;
  private certificates: Map<string, readonly string[]> | null = null;
  private readonly answers = new Map<string, boolean>();

  constructor(private readonly tables: CaptureTables) {}

  private mimeTypeOf(fuid: string): string | undefined {
    if (!this.mimeTypes) {
      this.mimeTypes = new Map();
      const files = this.tables.get('files');
      for (let row = 0; row < (files?.rows ?? 0); row++) {
        if (files && !files.isNull(row, FILES_MIME_TYPE)) this.mimeTypes.set(files.str(row, FILES_FUID), files.str(row, FILES_MIME_TYPE));
      }
    }
    return this.mimeTypes.get(fuid);
  }

  /** MIME types of a http row's files, one side; null when none is known. */
  mimeTypesOf(row: number, side: 'orig' | 'resp'): string[] | null {
    const http = this.tables.get('http');
    if (!http) return null;
    const column = side === 'orig' ? HTTP_ORIG_FUIDS : HTTP_RESP_FUIDS;
    if (http.isNull(row, column)) return null;
    const types = http.strs(row, column).map((fuid) => this.mimeTypeOf(fuid)).filter((type) => type !== undefined);
    return types.length > 0 ? types : null;
  }

  private certificateNames(fingerprint: string): readonly string[] | undefined {
    if (!this.certificates) {
      this.certificates = new Map();
      const x509 = this.tables.get('x509');
      if (x509) {
        const [fp, san, subject] = [x509.column('fingerprint'), x509.column('san.dns'), x509.column('certificate.subject')];
        for (let row = 0; row < x509.rows; row++) {
          const key = x509.str(row, fp);
          if (this.certificates.has(key)) continue;
          const names = x509.strs(row, san);
          this.certificates.set(key, names.length > 0 ? names : [commonName(x509.str(row, subject))]);
        }
      }
    }
    return this.certificates.get(fingerprint);
  }

  /** sni_matches_cert of a ssl row; null without server name or certificate. */
  sniMatches(row: number): boolean | null {
    const ssl = this.tables.get('ssl');
    if (!ssl || ssl.isNull(row, SSL_SERVER_NAME) || ssl.isNull(row, SSL_CERT_CHAIN_FPS)) return null;
    const fingerprint = ssl.strs(row, SSL_CERT_CHAIN_FPS)[0];
    if (fingerprint === undefined) return null;
    const serverName = ssl.str(row, SSL_SERVER_NAME);
    const key = `${fingerprint} ${serverName}`;
    const known = this.answers.get(key);
    if (known !== undefined) return known;
    const names = this.certificateNames(fingerprint);
    if (!names) return null;
    const answer = nameMatches(serverName, names);
    if (this.answers.size < MAX_REMEMBERED) this.answers.set(key, answer);
    return answer;
  }
}
