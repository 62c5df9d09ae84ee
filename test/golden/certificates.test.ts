import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseCertificate } from '../../web/body/certificate';
import { hasTool } from '../support/tools';

const expectedRoot = '../shared/expected/zeek';
const corpusRoot = '../shared/corpus';
const present = existsSync(expectedRoot) && existsSync(corpusRoot);
if (!present) console.warn('left out: certificates against Zeek\'s x509.log, ../shared is not there');

function find(folder: string, name: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? find(path, name) : entry.name === name ? [path] : [];
  });
}

/** Larger captures cost more time than they add certificates. */
const MAX_CAPTURE_BYTES = 4_000_000;

/** Enough to have every field compared often; all of them (some 385) agree, and take a minute. */
const ENOUGH = Number(process.env['CAPSIFT_CERTIFICATES'] ?? 120);

/** Times with an offset from UTC: Zeek takes its minutes for seconds, OpenSSL reads them as we do. */
const ZEEK_WRONG = new Set(['041a14702172a631efde8ad381aae3f20b9d8765fa03a3922b791286dacfe41d']);

type ZeekRow = Record<string, unknown>;

/** The certificates of a capture by fingerprint, as tshark finds them. */
function certificates(capture: string): Map<string, Buffer> {
  const text = execFileSync('tshark', ['-r', capture, '-Y', 'tls.handshake.certificate', '-T', 'fields', '-e', 'tls.handshake.certificate'], {
    encoding: 'utf8', maxBuffer: 1e8, stdio: ['ignore', 'pipe', 'ignore'],
  });
  const found = text.split(/[\n,]/).filter((hex) => hex.length > 0).map((hex) => Buffer.from(hex.replaceAll(':', ''), 'hex'));
  return new Map(found.map((der) => [createHash('sha256').update(der).digest('hex'), der]));
}

function asZeek(der: Buffer): ZeekRow {
  const c = parseCertificate(der);
  const row: ZeekRow = {
    'certificate.version': c.version, 'certificate.serial': c.serial, 'certificate.subject': c.subject, 'certificate.issuer': c.issuer,
    'certificate.not_valid_before': c.not_valid_before === null ? null : Number(c.not_valid_before / 1_000_000_000n),
    'certificate.not_valid_after': c.not_valid_after === null ? null : Number(c.not_valid_after / 1_000_000_000n),
    'certificate.key_alg': c.key_alg, 'certificate.sig_alg': c.sig_alg, 'certificate.key_type': c.key_type, 'certificate.key_length': c.key_length,
    'certificate.exponent': c.exponent, 'certificate.curve': c.curve, 'san.dns': c.san_dns, 'san.uri': c.san_uri, 'san.email': c.san_email,
    'san.ip': c.san_ip, 'basic_constraints.ca': c.basic_constraints_ca, 'basic_constraints.path_len': c.basic_constraints_path_len,
  };
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)));
}

describe.runIf(present)('certificates as Zeek reads them', () => {
  it.skipIf(!hasTool('tshark', 'certificates as Zeek reads them, found by tshark'))('agrees with every x509.log whose certificates tshark finds', () => {
    let compared = 0;
    const differing: string[] = [];
    for (const log of find(expectedRoot, 'x509.log')) {
      if (compared >= ENOUGH) break;
      const capture = join(corpusRoot, relative(expectedRoot, dirname(log)));
      if (!existsSync(capture) || statSync(capture).size > MAX_CAPTURE_BYTES) continue;
      let ders: Map<string, Buffer>;
      try {
        ders = certificates(capture);
      } catch {
        continue;
      }
      for (const line of readFileSync(log, 'utf8').split('\n')) {
        if (!line.startsWith('{')) continue;
        const row = JSON.parse(line) as ZeekRow;
        const der = ders.get(row['fingerprint'] as string);
        if (!der || ZEEK_WRONG.has(row['fingerprint'] as string)) continue;
        compared++;
        const { ts: _ts, fingerprint, host_cert: _host, client_cert: _client, ...zeek } = row;
        const ours = asZeek(der);
        for (const key of new Set([...Object.keys(zeek), ...Object.keys(ours)])) {
          if (JSON.stringify(zeek[key]) !== JSON.stringify(ours[key])) differing.push(`${String(fingerprint)} ${key}: ${JSON.stringify(zeek[key])} / ${JSON.stringify(ours[key])}`);
        }
      }
    }
    console.info(`${compared} certificates compared`);
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(100);
  }, 300_000);
});
