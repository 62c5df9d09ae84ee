import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ENCODING_BR, ENCODING_GZIP, ENCODING_OTHER } from '../../../assembly/abi/enums';
import { runEngine, weirdsOf, type EngineRun, type Row } from '../../support/engine';
import { client, close, FIRST_SECOND, lost, reset, server, tcpCapture, type Connection, type Step } from '../../support/tcp-capture';
import { hasTool } from '../../support/tools';

const run = (steps: readonly Step[], more: Partial<Connection> = {}): EngineRun => runEngine(tcpCapture({ ...more, steps }));
const http = (result: EngineRun): readonly Row[] => [...result.logs.get('http') ?? []].sort((a, b) => Number(a['trans_depth']) - Number(b['trans_depth']));
const files = (result: EngineRun): readonly Row[] => result.logs.get('files') ?? [];
const contents = (result: EngineRun): string[] => files(result).map((file) => result.bodies.get(Number(file['body']))!.bytes.toString('latin1'));
const reply = (body: string, headers = ''): string => `HTTP/1.1 200 OK\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
const GET = 'GET / HTTP/1.1\r\nHost: h\r\n\r\n';

describe('a request and its reply are one row', () => {
  const result = run([
    client('POST /a%20b?q=%41 HTTP/1.1\r\nHost: www.Example.test:8080\r\nUser-Agent: curl/8\r\nReferer: http://r/\r\n'
      + 'Origin: http://o\r\nCookie: id=1\r\nContent-Length: 5\r\n\r\nhello'),
    server('HTTP/1.1 404 Not Found\r\nServer: nginx\r\nContent-Type: text/html; charset=utf-8\r\nLocation: /x\r\nContent-Length: 3\r\n\r\nno!'),
    close('client'), close('server'),
  ]);
  const [row] = http(result);

  it('has the fields of both', () => {
    expect(http(result)).toHaveLength(1);
    expect(row).toMatchObject({
      trans_depth: 1, method: 'POST', host: 'www.Example.test:8080', uri: '/a b?q=A', uri_raw: '/a%20b?q=%41', referrer: 'http://r/', version: '1.1',
      user_agent: 'curl/8', origin: 'http://o', cookie: 'id=1', request_body_len: 5, response_body_len: 3, status_code: 404,
      status_msg: 'Not Found', server: 'nginx', content_type: 'text/html; charset=utf-8', location: '/x',
    });
  });

  it('is dated by the request line and named by the packet that completes the head', () => {
    expect(row?.['ts']).toBeCloseTo(FIRST_SECOND + 0.003, 6);
    expect(row?.['pkt']).toBe(4);
    const split = run([client('GET / HTTP/1.1\r\nHost: h\r\n'), client('Accept: */*\r\n\r\n'), server(reply(''))]);
    expect(http(split)[0]?.['ts']).toBeCloseTo(FIRST_SECOND + 0.003, 6);
    expect(http(split)[0]?.['pkt']).toBe(6);
  });

  it('names the files that it carried, one each way', () => {
    expect(contents(result)).toEqual(['hello', 'no!']);
    expect(row?.['orig_fuids']).toEqual([files(result)[0]?.['fuid']]);
    expect(row?.['resp_fuids']).toEqual([files(result)[1]?.['fuid']]);
    expect(files(result)[0]).toMatchObject({ source: 'HTTP', is_orig: true, seen_bytes: 5, total_bytes: 5, missing_bytes: 0, depth: 0 });
    expect(String(files(result)[0]?.['fuid'])).toMatch(/^F[0-9A-Za-z]{17}$/);
  });

  it('confirms the service of the connection', () => {
    expect(result.logs.get('conn')?.[0]?.['service']).toBe('http');
  });
});

describe('which reply answers which request', () => {
  it('pairs pipelined requests in their order', () => {
    const paths = ['/1', '/2', '/3'];
    const result = run([
      client(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`).join('')),
      server(paths.map((path) => reply(`body of ${path}`)).join('')),
    ]);
    expect(http(result).map((row) => [row['trans_depth'], row['uri'], row['response_body_len']])).toEqual([[1, '/1', 10], [2, '/2', 10], [3, '/3', 10]]);
    expect(contents(result)).toEqual(paths.map((path) => `body of ${path}`));
  });

  it('keeps an interim reply in the row of the final one', () => {
    const [row, ...others] = http(run([
      client('POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n'),
      server('HTTP/1.1 100 Continue\r\n\r\n'), client('ok'), server(reply('fine')),
    ]));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ info_code: 100, info_msg: 'Continue', status_code: 200, status_msg: 'OK', request_body_len: 2, response_body_len: 4 });
  });

  it('waits for the end of a request that is answered early', () => {
    const [row, ...others] = http(run([
      client('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12345'), server(reply('too much')), client('67890'), close('client'),
    ]));
    expect(others).toEqual([]);
    expect(row).toMatchObject({ request_body_len: 10, status_code: 200 });
  });

  it('gives a reply without a request a row of its own, dated by the reply', () => {
    const [row] = http(run([server('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')]));
    expect(row).toMatchObject({ trans_depth: 1, status_code: 400, pkt: 4 });
    expect(row).not.toHaveProperty('method');
  });

  it('writes a request that was never answered', () => {
    const [row] = http(run([client(GET), reset('client')]));
    expect(row).toMatchObject({ method: 'GET', host: 'h', request_body_len: 0, response_body_len: 0 });
    expect(row).not.toHaveProperty('status_code');
  });

  it('writes out endless pipelines instead of keeping them', () => {
    const requests = 5000;
    const result = run([client(GET.repeat(requests))]);
    expect(http(result)).toHaveLength(requests);
    expect(weirdsOf(result).filter((name) => name === 'HTTP_excessive_pipelining')).toHaveLength(1);
  });
});

describe('how a body lies', () => {
  it('is nothing in replies to HEAD, in 204 and 304, whatever their headers say', () => {
    const none = (status: string): string => `HTTP/1.1 ${status}\r\nContent-Length: 99\r\n\r\n`;
    const result = run([
      client('HEAD / HTTP/1.1\r\n\r\n'), server(none('200 OK')), client(GET), server(none('204 No Content')),
      client(GET), server(none('304 Not Modified')), client(GET), server(reply('real')),
    ]);
    expect(http(result).map((row) => [row['status_code'], row['response_body_len']])).toEqual([[200, 0], [204, 0], [304, 0], [200, 4]]);
    expect(contents(result)).toEqual(['real']);
  });

  it('comes in chunks, with extensions and trailers', () => {
    const result = run([
      client(GET),
      server('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;name=value\r\nhello\r\nA\r\n, chunked!\r\n0\r\nServer: trailer\r\n\r\n'),
      client(GET), server(reply('next')),
    ]);
    expect(contents(result)).toEqual(['hello, chunked!', 'next']);
    expect(http(result).map((row) => row['response_body_len'])).toEqual([15, 4]);
    expect(files(result)[0]).not.toHaveProperty('total_bytes');
  });

  it('takes an unreadable chunk size for the last chunk and says so', () => {
    const result = run([client(GET), server('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n\r\n')]);
    expect(weirdsOf(result)).toContain('HTTP_bad_chunk_size');
    expect(contents(result)).toEqual(['abc']);
  });

  it('ends with the connection when nothing else says', () => {
    const result = run([client('GET / HTTP/1.0\r\n\r\n'), server('HTTP/1.0 200 OK\r\n\r\nall\r\nof\nthis'), server('!'), close('server')]);
    expect(contents(result)).toEqual(['all\r\nof\nthis!']);
    expect(http(result)[0]?.['response_body_len']).toBe(13);
  });

  it('says how it is coded, so that whoever takes the bytes can undo it', () => {
    const zipped = gzipSync('inside');
    for (const [coding, encoding] of [['gzip', ENCODING_GZIP], ['x-gzip', ENCODING_GZIP], ['br', ENCODING_BR], ['rot13', ENCODING_OTHER]] as const) {
      const result = run([
        client(GET),
        server(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\nContent-Length: ${zipped.length}\r\n\r\n`), zipped])),
      ]);
      expect([...result.bodies.values()]).toEqual([{ encoding, bytes: zipped, missing: 0 }]);
      expect(files(result)[0]?.['content_encoding']).toBe(coding);
    }
  });

  it('is read as HTTP/0.9 without a version: the reply is the file', () => {
    const result = run([client('GET /old\r\n'), server('<html>HTTP/1.1 200 OK\r\n\r\n'), close('server')]);
    expect(http(result)[0]).toMatchObject({ method: 'GET', uri: '/old', version: '0.9', status_code: 0, status_msg: '<empty>', response_body_len: 25 });
  });
});

describe('parts', () => {
  const form = '--xx\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue\r\n'
    + '--xx\r\nContent-Disposition: form-data; name="f"; filename="evil%20.exe"\r\nContent-Type: application/octet-stream\r\n\r\nMZ\r\n--x\r\n\r\n\r\n--xx--\r\n';
  const post = (body: string, type = 'multipart/form-data; boundary=xx'): string =>
    `POST /up HTTP/1.1\r\nHost: h\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

  it('are a file each; the line end before a boundary is not of the file', () => {
    const result = run([client(post(form)), server(reply(''))]);
    expect(contents(result)).toEqual(['value', 'MZ\r\n--x\r\n\r\n']);
    expect(files(result)[1]).toMatchObject({ filename: 'evil .exe', is_orig: true });
    expect(http(result)[0]).toMatchObject({ request_body_len: form.length, orig_filenames: ['evil .exe'], status_code: 200 });
    expect(http(result)[0]?.['orig_fuids']).toHaveLength(2);
  });

  it('may be chunked, quoted, nested and without an end', () => {
    const nested = '--out\r\nContent-Type: multipart/mixed; boundary="in ner"\r\n\r\n--in ner\r\n\r\none\r\n--in ner\r\n\r\ntwo\r\n--in ner--\r\nignored\r\n--out\r\n\r\nthree';
    const chunked = nested.match(/[^]{1,7}/g)!.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
    const result = run([
      client(`POST / HTTP/1.1\r\nContent-Type: multipart/mixed; charset=x; boundary="out"\r\nTransfer-Encoding: chunked\r\n\r\n${chunked}0\r\n\r\n`),
      server(reply('')),
    ]);
    expect(contents(result)).toEqual(['one', 'two', 'three']);
    expect(http(result)[0]).toMatchObject({ request_body_len: nested.length, status_code: 200 });
  });

  it('are one file when the whole is compressed', () => {
    const result = run([client(GET), server(reply(form, 'Content-Type: multipart/mixed; boundary=xx\r\nContent-Encoding: gzip\r\n'))]);
    expect(contents(result)).toEqual([form]);
  });

  it('nested without end stay within their cap', () => {
    const levels = 3000;
    let body = '';
    for (let i = 0; i < levels; i++) body += `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`;
    const result = run([client(post(body, 'multipart/mixed; boundary=b0')), server(reply('done'))]);
    expect(weirdsOf(result)).toContain('exceeded_mime_max_depth');
    expect(http(result)[0]).toMatchObject({ status_code: 200, request_body_len: body.length });
  });
});

describe('ranges', () => {
  const range = (text: string, first: number, whole: number): string =>
    `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ${first}-${first + text.length - 1}/${whole}\r\nContent-Length: ${text.length}\r\n\r\n${text}`;

  it('that follow each other are one file', () => {
    const result = run([client(GET), server(range('abc', 0, 9)), client(GET), server(range('def', 3, 9)), client(GET), server(range('ghi', 6, 9))]);
    expect(contents(result)).toEqual(['abcdefghi']);
    expect(files(result)[0]).toMatchObject({ seen_bytes: 9, total_bytes: 9, missing_bytes: 0 });
    expect(new Set(http(result).map((row) => (row['resp_fuids'] as string[])[0]))).toEqual(new Set([files(result)[0]?.['fuid']]));
  });

  it('leave out what they do not have', () => {
    const result = run([client(GET), server(range('cd', 2, 100)), client(GET), server(range('ij', 8, 100))]);
    expect(files(result)).toHaveLength(1);
    expect(files(result)[0]).toMatchObject({ seen_bytes: 4, total_bytes: 100, missing_bytes: 6 });
  });

  it('of another address, or that go back, are another file', () => {
    const result = run([
      client(GET), server(range('abc', 0, 9)), client(GET.replace('/', '/other')), server(range('def', 3, 9)),
      client(GET.replace('/', '/other')), server(range('def', 3, 9)),
    ]);
    expect(contents(result)).toEqual(['abc', 'def', 'def']);
  });

  it('that claim to be huge cost nothing', () => {
    const [file] = files(run([client(GET), server('HTTP/1.1 206 P\r\nContent-Range: bytes 9000000000000000000-9000000000000000001/*\r\nContent-Length: 2\r\n\r\nzz')]));
    expect(Number(file?.['missing_bytes'])).toBe(9e18);
  });
});

describe('what other protocols take over', () => {
  it('after CONNECT the tunnel is looked at afresh, bytes behind the reply included', () => {
    const result = run([
      client('CONNECT example.test:80 HTTP/1.1\r\nHost: example.test:80\r\n\r\n'), server('HTTP/1.1 200 Connection established\r\n\r\n'),
      client('GET /inside HTTP/1.1\r\nHost: inside\r\n\r\n'), server(reply('tunnelled')),
    ], { serverPort: 3128 });
    expect((result.logs.get('http') ?? []).map((row) => row['uri'])).toEqual(['example.test:80', '/inside']);
    expect(contents(result)).toEqual(['tunnelled']);
  });

  it('a refused CONNECT stays HTTP', () => {
    const result = run([client('CONNECT a:1 HTTP/1.1\r\n\r\n'), server('HTTP/1.1 407 Auth\r\nContent-Length: 2\r\n\r\nno'), client(GET), server(reply('yes'))]);
    expect(http(result).map((row) => row['status_code'])).toEqual([407, 200]);
  });

  it('an upgrade ends HTTP', () => {
    const result = run([
      client('GET /ws HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'),
      server('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05HELLO'), client('GET / HTTP/1.1\r\n\r\n'),
    ]);
    expect(http(result)).toHaveLength(1);
    expect(http(result)[0]).toMatchObject({ status_code: 101, info_code: 101 });
    expect(result.logs.get('conn')?.[0]?.['service']).toBe('http,websocket');
  });
});

describe('lines and headers that are not as they should be', () => {
  it.each([['\n'], ['\r'], ['\r\n']])('ends lines with %j', (end) => {
    const result = run([client(`GET / HTTP/1.1${end}Host: h${end}${end}`), server(`HTTP/1.1 200 OK${end}Content-Length: 2${end}${end}ok`)]);
    expect(http(result)[0]).toMatchObject({ host: 'h', status_code: 200, response_body_len: 2 });
    expect(contents(result)).toEqual(['ok']);
  });

  it('joins folded lines, drops lines without a colon, keeps the last of a header that is repeated', () => {
    const result = run([client('GET / HTTP/1.1\r\nUser-Agent: one\r\n two\r\nnonsense\r\nHost : a\r\nHost:b\r\n\r\n')]);
    expect(http(result)[0]).toMatchObject({ user_agent: 'one two', host: 'b' });
    expect(weirdsOf(result)).toEqual(['HTTP_obsolete_line_folding']);
  });

  it('begins after empty lines', () => {
    expect(http(run([client(`\r\n\r\n${GET}`)]))[0]).toMatchObject({ method: 'GET', host: 'h' });
  });

  it('keeps a status without a reason, and one with an empty reason', () => {
    const result = run([client(GET), server('HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n'), client(GET), server('HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n')]);
    expect(http(result).map((row) => row['status_msg'])).toEqual(['<empty>', '']);
  });

  it('names users and passwords of Basic authorization, and proxies', () => {
    const basic = Buffer.from('user:pa:ss').toString('base64');
    const [row] = http(run([client(`GET / HTTP/1.1\r\nAuthorization: Basic ${basic}\r\nVia: 1.1 squid\r\nX-Forwarded-For: 10.1.1.1\r\n\r\n`)]));
    expect(row).toMatchObject({ username: 'user', password: 'pa:ss', proxied: ['VIA -> 1.1 squid', 'X-FORWARDED-FOR -> 10.1.1.1'] });
  });

  it('names files by Content-Disposition', () => {
    const name = (value: string): unknown => files(run([client(GET), server(reply('x', `Content-Disposition: ${value}\r\n`))]))[0]?.['filename'];
    expect(name('attachment; filename="a b.exe"; size=3')).toBe('a b.exe');
    expect(name('attachment; filename=plain.txt ; size=3')).toBe('plain.txt');
    expect(name("attachment; filename*=UTF-8'en'%e2%82%ac.pdf")).toBe(Buffer.from('€.pdf').toString('latin1'));
    expect(name('inline')).toBeUndefined();
  });

  it('caps lines, headers and values', () => {
    const long = 'x'.repeat(200_000);
    const many = Array.from({ length: 3000 }, (_, i) => `H${i}: v\r\n`).join('');
    const result = run([client(`GET /${long} HTTP/1.1\r\nUser-Agent: ${long}\r\n${many}Host: late\r\n\r\n`), server(reply('fine')), client(GET), server(reply('more'))]);
    expect(weirdsOf(result)).toEqual(expect.arrayContaining(['contentline_size_exceeded', 'HTTP_excessive_headers']));
    expect(http(result).map((row) => [row['status_code'], row['response_body_len'], row['host']])).toEqual([[200, 4, undefined], [200, 4, 'h']]);
    expect(String(http(result)[0]?.['uri']).length).toBeGreaterThan(60_000);
    expect(String(http(result)[0]?.['user_agent'])).toHaveLength(8192);
  });

  it('stops at what is no request, and at what is no reply', () => {
    const result = run([client(`${GET}<garbage>\r\n${GET}`), server(`${reply('one')}nonsense\r\n${reply('two')}`)]);
    expect(http(result)).toHaveLength(1);
    expect(contents(result)).toEqual(['one']);
    expect(weirdsOf(result)).toContain('bad_HTTP_request');
  });
});

describe('holes', () => {
  it('inside a body are counted, and the row and what follows stay whole', () => {
    const result = run([
      client(GET), server('HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n' + 'a'.repeat(1000)), lost('server', 1500), server('b'.repeat(500)),
      client(GET), server(reply('after')),
    ]);
    expect(http(result).map((row) => row['response_body_len'])).toEqual([3000, 5]);
    expect(files(result)[0]).toMatchObject({ seen_bytes: 1500, missing_bytes: 1500, total_bytes: 3000 });
  });

  it('inside headers are passed: the next message is found again', () => {
    const result = run([
      client(GET), server('HTTP/1.1 200 OK\r\nContent-Le'), lost('server', 400), server('rest of a body\r\n'),
      client('GET /second HTTP/1.1\r\n\r\n'), server(reply('found')),
    ]);
    expect(http(result).map((row) => [row['uri'], row['status_code'], row['response_body_len']])).toEqual([['/', 200, 0], ['/second', 200, 5]]);
    expect(contents(result)).toEqual(['found']);
  });

  it('at the beginning (midstream) end at the first message', () => {
    const result = run([client('of a body we never saw\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n'), server(`...tail\r\n${reply('seen')}`)], { handshake: false });
    expect(http(result)).toHaveLength(result.logs.has('http') ? 1 : 0);
  });

  it('that begin with the reply do not swap client and server for good', () => {
    const result = run([server(reply('first')), client(GET), server(reply('second'))], { handshake: false, serverPort: 5555 });
    expect(contents(result)).toEqual(['first', 'second']);
    expect(http(result).map((row) => row['method'])).toEqual([undefined, 'GET']);
  });
});

describe('what is HTTP', () => {
  const claimed = (text: string, port = 9999): boolean => run([client(text)], { serverPort: port }).logs.has('http');
  it('by a method and a version, whatever the method and port', () => {
    expect(claimed('FROBNICATE /x HTTP/1.1\r\n\r\n')).toBe(true);
    expect(claimed('GET /x HTTP/1.0\r\n\r\n')).toBe(true);
    expect(claimed(`GET /${'long'.repeat(100)}`)).toBe(true);
    expect(claimed('get /x http/1.1\r\n\r\n')).toBe(true);
  });

  it('not what only resembles it', () => {
    expect(claimed('OPTIONS rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n')).toBe(false);
    expect(claimed('INVITE sip:a@b SIP/2.0\r\n\r\n')).toBe(false);
    expect(claimed('USER anonymous\r\n')).toBe(false);
    expect(claimed('\x16\x03\x01\x00\x05GET / HTTP/1.1\r\n\r\n')).toBe(false);
  });
});

describe.skipIf(!hasTool('tshark', 'the comparison of HTTP rows with tshark'))('tshark agrees', () => {
  it('on requests, replies and bodies of a long conversation', () => {
    const steps: Step[] = [];
    for (let i = 0; i < 40; i++) {
      const body = createHash('sha256').update(String(i)).digest('hex').repeat(i);
      const chunks = body.match(/.{1,500}/g)?.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') ?? '';
      steps.push(client(`GET /item/${i} HTTP/1.1\r\nHost: host${i}.test\r\n\r\n`));
      steps.push(server(i % 2 === 0 ? reply(body) : `HTTP/1.1 ${200 + i} Fine\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`));
    }
    const capture = tcpCapture({ steps, segment: 700 });
    const folder = mkdtempSync(join(tmpdir(), 'capsift-http-'));
    try {
      writeFileSync(join(folder, 'a.pcap'), capture);
      const tshark = (filter: string, ...fields: string[]): string[] => spawnSync('tshark', [
        '-r', join(folder, 'a.pcap'), '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]),
      ], { encoding: 'utf8' }).stdout.trim().split('\n');
      const rows = http(runEngine(capture));
      expect(rows.map((row) => `${String(row['uri'])}\t${String(row['host'])}`)).toEqual(tshark('http.request', 'http.request.uri', 'http.host'));
      expect(rows.map((row) => String(row['status_code']))).toEqual(tshark('http.response', 'http.response.code'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
