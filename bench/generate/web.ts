import { gzipSync } from 'node:zlib';
import { bytesOf, cat } from '../../fixtures/generate/craft/bytes';
import { hostName, incompressible, oneOf, payload, prose, urlPath, type Payload } from './payload';
import type { Host, Scene } from './scene';

export const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36',
  'Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Safari/605.1.15',
  'Debian APT-HTTP/1.3 (2.6.1)', 'curl/7.88.1', 'Microsoft BITS/7.8', 'Wget/1.21.3',
];

/** What a body is: its first bytes, its type and how its file is called. */
interface Kind { readonly type: string; readonly suffix: string; readonly head: Buffer }

const KINDS: readonly Kind[] = [
  { type: 'application/octet-stream', suffix: 'exe', head: cat(bytesOf('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0\xb8\0\0\0\0\0\0\0\x40\0\0\0'), Buffer.alloc(32), bytesOf('\x80\0\0\0\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21This program cannot be run in DOS mode.\r\r\n$'), Buffer.alloc(5), bytesOf('PE\0\0\x64\x86')) },
  { type: 'application/zip', suffix: 'zip', head: bytesOf('PK\x03\x04\x14\0\0\0\x08\0\x12\x5a\x6c\x58report.docx!') },
  { type: 'image/webp', suffix: 'webp', head: bytesOf('RIFF\xf0\x41\x12\0WEBPVP8 \xe4\x41\x12\0\x30\x01\x01\x9d\x01\x2a') },
  { type: 'application/x-7z-compressed', suffix: '7z', head: bytesOf('7z\xbc\xaf\x27\x1c\0\x04\x5e\x0a\x12\x7f\x10\x27\0\0') },
  { type: 'application/pdf', suffix: 'pdf', head: bytesOf('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n') },
  { type: 'video/mp4', suffix: 'mp4', head: bytesOf('\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41') },
  { type: 'application/vnd.debian.binary-package', suffix: 'deb', head: bytesOf('!<arch>\ndebian-binary   1709731200  0     0     100644  4         `\n2.0\n') },
];

const chunked = (body: Uint8Array, size: number): Buffer => {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.subarray(at, at + size);
    parts.push(bytesOf(`${piece.length.toString(16)}\r\n`), piece, bytesOf('\r\n'));
  }
  return cat(...parts, bytesOf('0\r\n\r\n'));
};

/** Bodies that compress, as servers send them. */
interface Packed { readonly type: string; readonly suffix: string; readonly headers: readonly string[]; readonly body: Payload }

function packedBodies(random: () => number, count: number, largest: number): Packed[] {
  const kinds = [['html', 'text/html; charset=utf-8'], ['json', 'application/json'], ['javascript', 'text/javascript'], ['plain', 'text/plain']] as const;
  return Array.from({ length: count }, (_, i) => {
    const [kind, type] = kinds[i % kinds.length] as (typeof kinds)[number];
    const text = prose(kind, Math.floor(largest * (0.02 + 0.98 * random() ** 3)), i + 1);
    const zipped = i % 8 === 7 ? text : gzipSync(text, { level: 6 });
    const coding = zipped === text ? [] : ['Content-Encoding: gzip'];
    const suffix = kind === 'javascript' ? 'js' : kind === 'plain' ? 'txt' : kind;
    return i % 2 === 0
      ? { type, suffix, headers: [...coding, 'Transfer-Encoding: chunked'], body: payload(chunked(zipped, 16_384)) }
      : { type, suffix, headers: [...coding, `Content-Length: ${zipped.length}`], body: payload(zipped) };
  });
}

/** Bytes that bodies which do not compress are cut from. */
const POOL_BYTES = 32 * 1024 * 1024;

/** The web: requests with their answers, told over connections. */
export class Web {
  private readonly pool: Payload;
  private readonly packed: readonly Packed[];

  /** @param largest bytes that the largest body has, about */
  constructor(private readonly scene: Scene, private readonly largest: number, seed: number) {
    this.pool = payload(incompressible(Math.max(POOL_BYTES, 2 * largest), seed));
    this.packed = packedBodies(scene.random, 24, Math.min(6_000_000, Math.max(40_000, largest)));
  }

  private request(host: string, path: string, agent: string, more = ''): Buffer {
    return bytesOf(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: ${agent}\r\nAccept: */*\r\nAccept-Language: en-US,en;q=0.9\r\nAccept-Encoding: gzip, deflate\r\nConnection: keep-alive\r\n${more}\r\n`);
  }

  private answer(status: string, type: string, headers: readonly string[]): Buffer {
    return bytesOf([
      `HTTP/1.1 ${status}`, 'Server: nginx/1.22.1', `Date: ${new Date(this.scene.now / 1000).toUTCString()}`, `Content-Type: ${type}`, ...headers,
      `ETag: "${Math.floor(this.scene.random() * 2 ** 32).toString(16)}"`, 'Cache-Control: max-age=3600', 'Connection: keep-alive', '', '',
    ].join('\r\n'));
  }

  /** One connection with several files, fetched one after the other; `size` gives each body's length. */
  *visit(client: Host, server: Host, files: number, size: () => number, packedShare: number, gap: number): Generator<number, void> {
    const { scene } = this;
    const { random } = scene;
    const connection = scene.connection(client, server, random() < 0.95 ? 80 : 8080);
    const host = hostName(random);
    const agent = oneOf(random, AGENTS);
    yield* connection.open();
    for (let file = 0; file < files; file++) {
      const path = urlPath(random);
      if (random() < packedShare) {
        const { type, suffix, headers, body } = oneOf(random, this.packed);
        yield* connection.say('client', this.request(host, `${path.replace(/\?.*$/, '')}.${suffix}`, agent, file > 0 ? `Referer: http://${host}/\r\n` : ''));
        yield* connection.say('server', this.answer('200 OK', type, headers));
        yield* connection.send('server', body, gap);
      } else {
        const kind = oneOf(random, KINDS);
        const length = size();
        yield* connection.say('client', this.request(host, `${path.replace(/\?.*$/, '')}.${kind.suffix}`, agent));
        yield* connection.say('server', this.answer('200 OK', kind.type, [`Content-Length: ${kind.head.length + length}`, 'Accept-Ranges: bytes']));
        yield* connection.say('server', kind.head);
        const start = 2 * Math.floor(random() * (this.pool.bytes.length - length) / 2);
        yield* connection.send('server', this.pool, gap, start, start + length);
      }
      yield scene.between(1000, 400_000);
    }
    yield* connection.close(random() < 0.5 ? 'client' : 'server');
  }

  /** One short exchange: a small answer, a redirect, an error. */
  *short(client: Host, server: Host): Generator<number, void> {
    const { scene } = this;
    const { random } = scene;
    const connection = scene.connection(client, server, 80);
    yield* connection.open();
    yield* connection.say('client', this.request(hostName(random), urlPath(random), oneOf(random, AGENTS)));
    const kind = random();
    if (kind < 0.2) yield* connection.say('server', this.answer('301 Moved Permanently', 'text/html', ['Content-Length: 0', `Location: https://${hostName(random)}/`]));
    else if (kind < 0.3) yield* connection.say('server', cat(this.answer('404 Not Found', 'text/plain', ['Content-Length: 10']), bytesOf('Not Found\n')));
    else {
      const length = scene.between(20, 900);
      const start = 2 * scene.between(0, (this.pool.bytes.length - length) / 2);
      yield* connection.say('server', this.answer('200 OK', 'application/octet-stream', [`Content-Length: ${length}`]));
      yield* connection.send('server', this.pool, 25, start, start + length);
    }
    if (random() < 0.15) connection.reset('client');
    else yield* connection.close(random() < 0.5 ? 'client' : 'server');
  }

  /** Length of a file for a download: most are small, the mean is some megabytes. */
  readonly downloadLength = (): number => Math.floor(30_000 + (this.largest - 30_000) * this.scene.random() ** 4);
  /** Length of what a page is made of. */
  readonly pageLength = (): number => Math.floor(400 + 90_000 * this.scene.random() ** 4);
}
