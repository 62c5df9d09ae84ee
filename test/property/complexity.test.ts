import { brotliCompressSync, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { COUNTER_FLOWS, COUNTER_GAPS, COUNTER_PACKETS } from '../../assembly/abi/counters';
import { ENCODING_BR, ENCODING_GZIP } from '../../assembly/abi/enums';
import { cat, le16, le32, u16, u32, u8 } from '../../fixtures/generate/craft/bytes';
import { digestInstance } from '../../web/body/instance';
import type { BodyResult } from '../../web/body/body-state';
import { MAX_DECODED_BYTES } from '../../web/body/limits';
import { BodyPipeline } from '../../web/body/pipeline';
import { MAX_ZIP_ENTRIES } from '../../web/capture/limits';
import { openCaptures } from '../../web/capture/open';
import { fromBytes } from '../../web/capture/source';
import { Gunzip } from '../../web/decode/gunzip';
import { growth, growthAwaited, readThrough } from '../support/cost';
import { engineModule } from '../support/engine';
import { writePcap, type Packet } from '../fuzz/packets';

// Input that somebody made to be slow. Four times of it may cost four times as much, and not the square.
const LIMIT = 9;
const RAW = 101;
const START = 1_700_000_000_000_000_000n;

interface Segment { readonly seq: number; readonly data?: Buffer; readonly flags?: number; readonly back?: boolean; readonly ack?: number }

function ip4(protocol: number, payload: Buffer, from: number, to: number, fragment = 0, id = 1): Buffer {
  return cat(u8(0x45), u8(0), u16(20 + payload.length), u16(id), u16(fragment), u8(64), u8(protocol), u16(0), u32(from), u32(to), payload);
}

const packet = (bytes: Buffer, i: number): Packet => ({ time: START + BigInt(i) * 10_000n, linktype: RAW, bytes, wire: bytes.length });
const capture = (list: readonly Buffer[]): Buffer => writePcap(list.map(packet));

function tcp({ seq, data = Buffer.alloc(0), flags = 0x10, back = false, ack = 1 }: Segment, port = 80, clientPort = 40000): Buffer {
  const [from, to] = back ? [port, clientPort] : [clientPort, port];
  const segment = cat(u16(from), u16(to), u32(seq >>> 0), u32(ack >>> 0), u8(0x50), u8(flags), u16(0xffff), u32(0), data);
  return back ? ip4(6, segment, 0xc0000201, 0x0a000001) : ip4(6, segment, 0x0a000001, 0xc0000201);
}

const udp = (data: Buffer, from: number, to: number, source = 0x0a000001): Buffer => ip4(17, cat(u16(from), u16(to), u16(8 + data.length), u16(0), data), source, 0xc0000201);

/** A connection in which the client sends `data` in segments of `size` bytes, each acknowledged now and then. */
function sent(data: Buffer, size: number, port = 80): Buffer[] {
  const list = [tcp({ seq: 0, flags: 2 }, port), tcp({ seq: 0, flags: 0x12, back: true }, port), tcp({ seq: 1 }, port)];
  for (let at = 0, i = 0; at < data.length; at += size, i++) {
    list.push(tcp({ seq: 1 + at, data: data.subarray(at, at + size) }, port));
    if (i % 16 === 15) list.push(tcp({ seq: 1, back: true, ack: 1 + at + size }, port));
  }
  return list;
}

const text = (value: string): Buffer => Buffer.from(value, 'latin1');
const repeated = (one: Buffer, n: number): Buffer => Buffer.alloc(one.length * n, one);
const GET = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
const POST = 'POST / HTTP/1.1\r\nHost: a.example\r\n';

/** What the packets of an attack of `n` parts are. */
const ATTACKS: readonly (readonly [name: string, n: number, packets: (n: number) => Buffer[]])[] = [
  ['segments of one byte', 20_000, (n) => sent(text(`${POST}Content-Length: ${n}\r\n\r\n${'x'.repeat(n)}`), 1)],
  ['a header line without an end', 1_000_000, (n) => sent(text(`${POST}X: ${'x'.repeat(n)}`), 1400)],
  ['a header line without an end, byte by byte', 20_000, (n) => sent(text(`${POST}X: ${'x'.repeat(n)}`), 1)],
  ['a million headers', 60_000, (n) => sent(text(`${POST}${'A: b\r\n'.repeat(n)}`), 1400)],
  ['headers that go on, line by line', 60_000, (n) => sent(text(`${POST}A: b\r\n${' c\r\n'.repeat(n)}`), 1400)],
  ['chunks of one byte', 100_000, (n) => sent(text(`${POST}Transfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(n)}`), 1400)],
  ['a chunk size without an end', 1_000_000, (n) => sent(text(`${POST}Transfer-Encoding: chunked\r\n\r\n${'0'.repeat(n)}`), 1400)],
  ['a hundred thousand pipelined requests', 25_000, (n) => sent(text(GET.repeat(n)), 1400)],
  ['parts of a multipart body', 20_000, (n) => sent(text(`${POST}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 99999999\r\n\r\n${'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n'.repeat(n)}`), 1400)],
  ['multipart in multipart', 10_000, (n) => sent(text(`${POST}Content-Type: multipart/mixed; boundary=b0\r\nContent-Length: 99999999\r\n\r\n${Array.from({ length: n }, (_, i) => `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`).join('')}`), 1400)],
  ['TLS records of one byte', 60_000, (n) => sent(cat(Buffer.from('160301000101', 'hex'), repeated(Buffer.from('160301000100', 'hex'), n)), 1400, 443)],
  ['empty TLS records', 60_000, (n) => sent(cat(Buffer.from('160301000101', 'hex'), repeated(Buffer.from('1703030000', 'hex'), n)), 1400, 443)],
  ['lines of a mail that never ends', 60_000, (n) => [...sent(text(`EHLO a\r\n${'NOOP\r\n'.repeat(n)}`), 1400, 25)]],
  ['overlapping segments', 4000, (n) => [...sent(text(`${POST}Content-Length: ${n + 1000}\r\n\r\n`), 1400), ...Array.from({ length: n }, (_, i) => tcp({ seq: 77 + i, data: Buffer.alloc(1000, i) }))]],
  ['segments behind a hole, last one first', 4000, (n) => [...sent(text(GET), 1400), ...Array.from({ length: n }, (_, i) => tcp({ seq: 5000 + 10 * (n - i), data: Buffer.alloc(8, 0x61) })), tcp({ seq: 0, back: true, ack: 10 })]],
  ['segments behind a hole, in no order', 4000, (n) => [...sent(text(GET), 1400), ...Array.from({ length: n }, (_, i) => tcp({ seq: 5000 + 4 * ((i * 7919) % n), data: Buffer.alloc(2, 0x61) }))]],
  ['acknowledgements of what never came', 40_000, (n) => [...sent(text(GET), 1400), ...Array.from({ length: n }, (_, i) => tcp({ seq: 1, back: true, ack: 100_000 * i }))]],
  ['fragments that overlap', 20_000, (n) => Array.from({ length: n }, (_, i) => ip4(17, Buffer.alloc(64, i), 0x0a000001, 0xc0000201, 0x2000 | (i % 1000), 7 + (i >> 12)))],
  ['fragments of datagrams that are never whole', 20_000, (n) => Array.from({ length: n }, (_, i) => ip4(17, Buffer.alloc(64, i), 0x0a000001 + i, 0xc0000201, 0x2000, i & 0xffff))],
  ['tunnels in tunnels', 10_000, (n) => Array.from({ length: n }, (_, i) => { let inner = udp(Buffer.alloc(8), 1000, 2000); for (let depth = 0; depth < 40; depth++) inner = ip4(4, inner, 0x0a000001 + depth, 0xc0000201 + (i & 255)); return inner; })],
  ['DNS names that point in circles', 10_000, (n) => Array.from({ length: n }, (_, i) => udp(cat(u16(i & 0xffff), u16(0x0100), u16(50), u16(0), u16(0), u16(0), ...Array.from({ length: 100 }, (_, k) => u16(0xc000 | (12 + 2 * ((k + 1) % 100))))), 1024 + (i % 60_000), 53))],
  ['DNS queries that are never answered', 20_000, (n) => Array.from({ length: n }, (_, i) => udp(cat(u16(i & 0xffff), u16(0x0100), u16(1), u16(0), u16(0), u16(0), u8(1), u8(0x61), u8(0), u16(1), u16(1)), 5555, 53))],
  ['flows, port by port', 30_000, (n) => Array.from({ length: n }, (_, i) => udp(Buffer.alloc(4), i & 0xffff, 9999, 0x0a000001 + (i >> 16)))],
  ['flows, ports that add up to the same', 30_000, (n) => Array.from({ length: n }, (_, i) => ip4(17, cat(u16(i & 0xffff), u16(0xffff - (i & 0xffff)), u16(12), u16(0), u32(0)), 0x0a000001 + (i >> 16), 0x0a000001 + (i >> 16)))],
  ['flows, address by address', 30_000, (n) => Array.from({ length: n }, (_, i) => udp(Buffer.alloc(4), 7777, 9999, 0x0a000001 + i * 65536))],
  ['a flood of SYNs', 30_000, (n) => Array.from({ length: n }, (_, i) => ip4(6, cat(u16(1024 + (i % 60_000)), u16(80), u32(i), u32(0), u8(0x50), u8(2), u16(1024), u32(0)), 0x0b000000 + i, 0xc0000201))],
];

describe('the cost of an attack is linear', () => {
  it.each(ATTACKS)('%s', (_name, n, packets) => {
    let read: readonly bigint[] = [];
    const factor = growth((count) => {
      const file = capture(packets(count));
      return () => { read = readThrough(file); };
    }, n);
    expect(Number(read[COUNTER_PACKETS])).toBeGreaterThan(0);
    expect(factor).toBeLessThan(LIMIT);
  });

  it('of holes leaves gaps, which are counted', () => {
    const [, , packets] = ATTACKS.find(([name]) => name.startsWith('segments behind a hole, in no order'))!;
    expect(Number(readThrough(capture(packets(30_000)))[COUNTER_GAPS])).toBeGreaterThan(0);
  });

  it('flows whose keys are made to look alike cost what others do, under every seed', () => {
    const [, , packets] = ATTACKS.find(([name]) => name.includes('add up'))!;
    expect(Number(readThrough(capture(packets(30_000)))[COUNTER_FLOWS])).toBeGreaterThan(14_000);
  });
});

describe('files', () => {
  const block = (type: number, body: Buffer): Buffer => {
    const length = 12 + ((body.length + 3) & ~3);
    return cat(le32(type), le32(length), body, Buffer.alloc((4 - (body.length & 3)) & 3), le32(length));
  };
  const SECTION = block(0x0a0d0d0a, cat(le32(0x1a2b3c4d), le16(1), le16(0), Buffer.alloc(8, 0xff)));
  const INTERFACE = block(1, cat(le16(1), le16(0), le32(0)));
  const FILES: readonly (readonly [name: string, n: number, file: (n: number) => Buffer])[] = [
    ['pcapng of interfaces', 100_000, (n) => cat(SECTION, repeated(INTERFACE, n))],
    ['pcapng of sections', 50_000, (n) => repeated(cat(SECTION, INTERFACE), n)],
    ['pcapng of blocks that nobody knows', 200_000, (n) => cat(SECTION, INTERFACE, repeated(block(0x0bad, Buffer.alloc(4)), n))],
    ['pcapng of one block with many options', 200_000, (n) => cat(SECTION, block(1, cat(le16(1), le16(0), le32(0), repeated(cat(le16(1), le16(4), Buffer.from('abcd')), n))))],
    ['pcapng of names', 50_000, (n) => Buffer.concat([SECTION, INTERFACE, ...Array.from({ length: n }, (_, i) => block(4, cat(le16(1), le16(8), u32(0x0a000000 + i), Buffer.from('abc\0'), le32(0))))])],
    ['pcap of records without bytes', 200_000, (n) => cat(writePcap([]), repeated(Buffer.alloc(16), n))],
    ['bytes among which there is no packet', 2_000_000, (n) => cat(writePcap([]), Buffer.alloc(n, 0xff))],
    ['bytes that all but look like packets', 1_000_000, (n) => cat(writePcap([]), repeated(cat(le32(1), le32(1), le32(60), le32(59)), n >> 4))],
    ['lengths that lead nowhere', 1_000_000, (n) => cat(writePcap([]), repeated(cat(le32(1_700_000_000), le32(5), le32(200_000), le32(200_000), Buffer.alloc(8, 0xff)), n / 24))],
  ];

  it.each(FILES)('%s', (_name, n, file) => {
    const factor = growth((count) => {
      const bytes = file(count);
      return () => { readThrough(bytes); };
    }, n);
    expect(factor).toBeLessThan(LIMIT);
  });
});

describe('zips of very many entries', () => {
  interface Entry { readonly name: string; readonly bytes: Buffer; readonly flags?: number; readonly method?: number }

  /** APPNOTE 4.3: local headers with what they hold, the central directory, its end. Sizes and checks are as given. */
  function zip(entries: readonly Entry[], cut = false): Buffer {
    let at = 0;
    const [files, directory]: [Buffer[], Buffer[]] = [[], []];
    for (const { name, bytes, flags = 0, method = 0 } of entries) {
      const common = cat(le16(20), le16(flags), le16(method), le32(0), le32(crc32(bytes)), le32(bytes.length), le32(bytes.length), le16(name.length), le16(0));
      const file = cat(le32(0x04034b50), common, Buffer.from(name), bytes);
      files.push(file);
      directory.push(cat(le32(0x02014b50), le16(20), common, le16(0), le16(0), le16(0), le32(0), le32(at), Buffer.from(name)));
      at += file.length;
    }
    if (cut) return Buffer.concat(files);
    const listed = Buffer.concat(directory);
    // As many as two bytes say; a directory may hold more than its end admits to.
    const count = le16(Math.min(entries.length, 0xffff));
    return cat(...files, listed, cat(le32(0x06054b50), le16(0), le16(0), count, count, le32(listed.length), le32(at), le16(0)));
  }

  /** Goes through a zip as the page and the command line do. */
  async function through(bytes: Buffer): Promise<{ captures: number; problems: readonly string[] }> {
    const set = openCaptures(fromBytes(bytes, 'many.zip'));
    let captures = 0;
    for await (const one of set) {
      captures++;
      for await (const chunk of one.chunks) void chunk;
    }
    return { captures, problems: set.problems() };
  }

  const many = (n: number, of: (i: number) => Entry): Entry[] => Array.from({ length: n }, (_, i) => of(i));
  const tiny = capture([udp(Buffer.alloc(8), 1000, 2000)]);
  const ZIPS: readonly (readonly [name: string, n: number, zip: (n: number) => Buffer])[] = [
    ['of a byte each', 2000, (n) => zip(many(n, (i) => ({ name: `${i}`, bytes: Buffer.from('x') })))],
    ['of one and the same name', 2000, (n) => zip(many(n, () => ({ name: 'a', bytes: Buffer.from('x') })))],
    ['that are captures', 2000, (n) => zip(many(n, (i) => ({ name: `${i}.pcap`, bytes: tiny })))],
    ['that are folders', 2000, (n) => zip(many(n, (i) => ({ name: `${i}/`, bytes: Buffer.alloc(0) })))],
    ['packed by a method that nobody knows', 2000, (n) => zip(many(n, (i) => ({ name: `${i}`, bytes: Buffer.from('x'), method: 77 })))],
    ['in a zip without a directory', 2000, (n) => zip(many(n, (i) => ({ name: `${i}`, bytes: Buffer.from('x') })), true)],
    ['that are folders, in a zip without a directory', 20_000, (n) => zip(many(n, (i) => ({ name: `${i}/`, bytes: Buffer.alloc(0) })), true)],
    ['encrypted, in a zip without a directory', 20_000, (n) => zip(many(n, (i) => ({ name: `${i}`, bytes: Buffer.from('x'), flags: 1 })), true)],
  ];

  it.each(ZIPS)('cost what they are: %s', async (_name, n, make) => {
    const factor = await growthAwaited((count) => {
      const bytes = make(count);
      return async () => { await through(bytes); };
    }, n);
    expect(factor).toBeLessThan(LIMIT);
  });

  it('are looked at up to the cap, which is said', async () => {
    const { captures, problems } = await through(zip(many(MAX_ZIP_ENTRIES + 20, (i) => ({ name: `${i}`, bytes: i === 3 || i === MAX_ZIP_ENTRIES + 3 ? tiny : Buffer.from('x') }))));
    expect(captures).toBe(1);
    expect(problems[0]).toBe(`many.zip has more than ${MAX_ZIP_ENTRIES.toLocaleString('en')} entries; the rest was not looked at.`);
  });
});

describe('compressed content', () => {
  const decoded = (encoding: number, content: Buffer): { result: BodyResult; pipeline: BodyPipeline } => {
    const results: BodyResult[] = [];
    const pipeline = new BodyPipeline(digestInstance(engineModule()), (result) => results.push(result));
    pipeline.begin(1, encoding);
    for (let at = 0; at < content.length; at += 1460) pipeline.data(1, content.subarray(at, at + 1460));
    pipeline.end(1);
    pipeline.flush();
    return { result: results[0]!, pipeline };
  };

  it('a thousand bytes for one are given up at the cap', () => {
    for (const [encoding, bomb] of [[ENCODING_GZIP, gzipSync(Buffer.alloc(100_000_000))], [ENCODING_BR, brotliCompressSync(Buffer.alloc(100_000_000), { params: { 1: 5 } })]] as const) {
      const { result, pipeline } = decoded(encoding, bomb);
      expect(result.complete).toBe(false);
      expect(result.note).toContain('decoding stopped');
      expect(result.seen_bytes).toBeLessThan(MAX_DECODED_BYTES);
      expect(pipeline.tripped.ratio).toBe(1);
    }
  });

  it('gzip in gzip is decoded once', () => {
    const inner = gzipSync(Buffer.alloc(1_000_000));
    const { result } = decoded(ENCODING_GZIP, gzipSync(inner));
    expect([result.seen_bytes, result.complete, result.mime_type]).toEqual([inner.length, true, 'application/x-gzip']);
  });

  it.each([
    ['members of a byte', 30_000, (n: number) => Buffer.alloc(21 * n, gzipSync('x'))],
    ['blocks without content', 1_000_000, (n: number) => cat(gzipSync('').subarray(0, 10), Buffer.alloc(5 * Math.ceil(n / 5), Buffer.from('000000ffff', 'hex')))],
    ['blocks that each bring their codes', 3000, (n: number) => {
      // A block of its own for every few bytes, each with the codes of real text.
      const one = deflateRawSync(Buffer.from('the quick brown fox jumps over the lazy dog, 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ '.repeat(3)), { memLevel: 1, finishFlush: 2 });
      return cat(gzipSync('').subarray(0, 10), Buffer.alloc(one.length * n, one));
    }],
  ] as const)('gzip: %s', (_name, n, make) => {
    const factor = growth((count) => {
      const packed = make(count);
      return () => {
        const decoder = new Gunzip();
        for (let at = 0; at < packed.length; at += 1 << 20) for (const bytes of decoder.push(packed.subarray(at, at + (1 << 20)))) void bytes;
      };
    }, n);
    expect(factor).toBeLessThan(LIMIT);
  });
});
