import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bytesFrom, sizeName } from '../../../bench/captures';
import { run } from '../../../bench/lib/child';
import { compareCounts } from '../../../bench/lib/counts';
import { captureTable, markdownTable, peak, rate, readingShare, type Row } from '../../../bench/lib/report';
import { countPackets, lines } from '../../../bench/lib/scan';
import { difference, median, spread } from '../../../bench/lib/statistics';
import { ONE, PAGE, verdicts } from '../../../bench/lib/targets';
import { loadTable, noticed } from '../../../bench/load';
import { requestFrom, plan } from '../../../bench/plan';
import { countConnections, hashesOf } from '../../../bench/sides/capsift';
import { countStatus } from '../../../bench/sides/chromium';
import { countEve } from '../../../bench/sides/suricata';
import { countConversations } from '../../../bench/sides/tshark';

const folder = mkdtempSync(join(tmpdir(), 'capsift-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const row = (side: string, walls: readonly number[], bytes = 1e6, more: { memory?: number; reading?: number } = {}): Row =>
  ({ side, bytes, runs: walls.map((wall) => ({ wall, cpu: wall, memory: more.memory ?? NaN, counts: {}, ...(more.reading === undefined ? {} : { reading: more.reading }) })) });

describe('figures', () => {
  it('takes the middle and tells how far runs lie apart', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
    expect(spread([10, 12, 9])).toBeCloseTo(0.3);
    expect(spread([7])).toBe(0);
    expect(difference(95, 100)).toBeCloseTo(0.05);
    expect(difference(0, 0)).toBe(0);
    expect(difference(0, 3)).toBe(1);
  });

  it('reckons rates by the median, shares by the reading beside them, memory by the worst', () => {
    const one = row('a', [100, 300, 200], 2e6, { reading: 50, memory: 7 });
    expect(rate(one)).toBe(10);
    expect(readingShare(one)).toBe(0.25);
    expect(peak(one)).toBe(7);
    expect(peak(row('a', [1]))).toBeNaN();
    expect(readingShare(row('a', [1]))).toBeNaN();
  });

  it('writes a table that lines up', () => {
    expect(markdownTable(['side', 's'], [['ours', '1.00'], ['a longer name', '12.00']]).split('\n')).toEqual([
      '| side          |     s |', '| ------------- | ----: |', '| ours          |  1.00 |', '| a longer name | 12.00 |',
    ]);
    const table = captureTable([row('Node, reading only', [50]), row(ONE, [100]), row('peer', [400], 1e6)], ONE);
    expect(table).toContain('| peer                      |     0.40 | 0.40–0.40 |    0 % |  2.5 |  0.25 × |');
    expect(table.split('\n')[3]).toMatch(/50 % \|$/);
  });
});

describe('targets', () => {
  it('are held, missed, or not measured', () => {
    const results = new Map([
      ['mixed', [row(ONE, [100]), row('Suricata', [310]), row(PAGE, [200], 1e6, { reading: 90, memory: 2 ** 30 }), row('tshark', [1590])]],
      ['mixed-100M', [row(ONE, [11.6], 1e5)]],
    ]);
    const held = new Map(verdicts(results).map(({ target, held: yes }) => [target, yes]));
    expect(held.get('mixed, Node, one thread: at least 3 × Suricata')).toBe(true);
    expect(held.get('mixed, Chromium: at least 50 % of reading')).toBe(false);
    expect(held.get('mixed, Chromium: at least 8 × tshark')).toBe(false);
    expect(held.get('mixed, Chromium: at least 100 × wiregasm')).toBe(null);
    expect(held.get('downloads, Node, one thread, hashes on both sides: at least Suricata')).toBe(null);
    const cost = verdicts(results).find(({ target }) => target.includes('cost per byte') && target.includes(ONE));
    expect(cost).toMatchObject({ held: false, figure: expect.stringContaining('16 % apart') as unknown });
    expect(held.get('memory, Chromium: at most 1.5 GiB on every capture')).toBe(true);
  });
});

describe('the page under load', () => {
  const smooth = { frames: Array.from({ length: 300 }, () => 16.7), rows: 1000, empty: 10 };
  const figures = { firstRows: 800, running: smooth, steady: smooth, jumping: smooth, tableRows: 3_000_000, stop: { seen: 40, over: 700 }, tasks: [] };
  const missed = (more: object): string[] => noticed({ ...figures, ...more }).filter(({ held }) => held === false).map(({ what }) => what);

  it('is judged by what a person would notice', () => {
    expect(missed({})).toEqual([]);
    expect(missed({ firstRows: 1001 })).toEqual(['first rows, from the drop']);
    expect(missed({ firstRows: NaN })).toEqual(['first rows, from the drop']);
    expect(missed({ steady: { ...smooth, frames: [...smooth.frames, ...Array.from({ length: 9 }, () => 33.4)] } })).toEqual(['scrolling steadily']);
    expect(missed({ tableRows: 999_999 })).toEqual(['rows that are scrolled']);
    expect(missed({ stop: { seen: 101, over: 700 } })).toEqual(['Stop, until the page stops']);
    expect(missed({ tasks: [51] })).toEqual(['longest task of the main thread']);
    expect(loadTable(noticed(figures))).toContain('| first rows, from the drop');
  });
});

describe('counts', () => {
  const ours = { side: 'capsift, Node', peer: false, counts: { packets: 1000, flows: 50, tcpFlows: 40, tcpPairs: 38, tcpPackets: 900 } };

  it('agree within what is allowed: packets to the last one', () => {
    expect(compareCounts(1000, [ours, { side: 'tshark', peer: true, counts: { tcpFlows: 38, tcpPairs: 38, tcpPackets: 890 } }]).every(({ held }) => held)).toBe(true);
    const broken = (list: ReturnType<typeof compareCounts>): string[] => list.filter(({ held }) => !held).map(({ what, side }) => `${side}: ${what}`);
    expect(broken(compareCounts(1001, [ours]))).toEqual(['capsift, Node: packets, against those in the file']);
    expect(broken(compareCounts(1000, [ours, { side: 'Suricata', peer: true, counts: { packets: 998, leftOut: 2, tcpFlows: 30 } }]))).toEqual(['Suricata: TCP connections']);
    expect(broken(compareCounts(1000, [ours, { side: 'tshark', peer: true, counts: { tcpPairs: 36 } }]))).toEqual(['tshark: TCP pairs of endpoints']);
  });

  it('are the same in all of ours', () => {
    const list = compareCounts(1000, [ours, { side: 'capsift, Chromium', peer: false, counts: { packets: 1000, flows: 51 } }]);
    expect(list.filter(({ held }) => !held).map(({ what }) => what)).toEqual(['flows']);
  });

  it('compare the hashes of files', () => {
    const with256 = (side: string, peer: boolean, sha256: string[]): { side: string; peer: boolean; counts: { tcpFlows: number; sha256: string[] } } => ({ side, peer, counts: { tcpFlows: 1, sha256 } });
    expect(compareCounts(0, [with256('o', false, ['a', 'b', 'c']), with256('p', true, ['a', 'b', 'b'])]).at(-1)).toMatchObject({ ours: 2, theirs: 2, held: true });
    expect(compareCounts(0, [with256('o', false, ['a']), with256('p', true, ['a', 'b'])]).at(-1)).toMatchObject({ ours: 2, theirs: 1, held: false });
  });

  it('are read from what each side writes', () => {
    const conn = file('conn.log', [
      '{"id.orig_h":"10.0.0.1","id.orig_p":1,"id.resp_h":"10.0.0.2","id.resp_p":80,"proto":"tcp","orig_pkts":3,"resp_pkts":2}',
      '{"id.orig_h":"10.0.0.2","id.orig_p":80,"id.resp_h":"10.0.0.1","id.resp_p":1,"proto":"tcp","orig_pkts":1}',
      '{"id.orig_h":"10.0.0.1","id.orig_p":5,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp","orig_pkts":3,"resp_pkts":2}',
    ].join('\n'));
    expect(countConnections(conn)).toEqual({ flows: 3, tcpFlows: 2, tcpPairs: 1, tcpPackets: 6 });
    expect(hashesOf(file('files.log', '{"source":"HTTP","sha256":"aa","missing_bytes":0}\n{"source":"SSL","sha256":"bb"}\n{"source":"HTTP","sha256":"cc","missing_bytes":4}\n'))).toEqual(['aa']);
    expect(countEve(file('eve.json', [
      '{"event_type":"flow","src_ip":"10.0.0.1","src_port":1,"dest_ip":"10.0.0.2","dest_port":80,"proto":"TCP","flow":{"pkts_toserver":3,"pkts_toclient":2}}',
      '{"event_type":"flow","src_ip":"10.0.0.1","src_port":1,"dest_ip":"10.0.0.2","dest_port":53,"proto":"UDP","flow":{"pkts_toserver":1,"pkts_toclient":1}}',
      '{"event_type":"fileinfo","fileinfo":{"state":"CLOSED","sha256":"aa"}}', '{"event_type":"fileinfo","fileinfo":{"state":"TRUNCATED"}}',
      '{"event_type":"stats","stats":{"decoder":{"pkts":7}}}', '',
    ].join('\n')))).toEqual({ packets: 7, flows: 2, tcpFlows: 1, tcpPairs: 1, tcpPackets: 5, sha256: ['aa'] });
    expect(countConversations([
      '================', 'TCP Conversations', '                                 | Frames  Bytes | | Frames  Bytes | | Frames  Bytes |      Start     |              |',
      '10.20.30.21:50090          <-> 203.0.113.140:80                74 4106 bytes     286 425 kB        360 429 kB     1459.860000000         1.6180',
      '2001:db8::1:49832          <-> 203.0.113.66:8080               43 55 kB          16 1192 bytes      59 56 kB       230.800000000         1.4817',
    ].join('\n'))).toEqual({ tcpPairs: 2, tcpPackets: 419 });
    expect(countStatus('Done: 3,099,876 packets, 1.00 GB, 1 flow, 512 indicators')).toEqual({ packets: 3_099_876, flows: 1 });
  });
});

describe('files', () => {
  it('gives lines and packets across the pieces that are read', () => {
    expect([...lines(join(folder, 'nothing'))]).toEqual([]);
    const long = `${'x'.repeat(1_048_570)}\nsecond line\nthird`;
    expect([...lines(file('long', long))].map((line) => line.length)).toEqual([1_048_570, 11, 5]);
    const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
    const record = (length: number): Buffer => {
      const bytes = Buffer.alloc(16 + length);
      bytes.writeUInt32LE(length, 8);
      return bytes;
    };
    // The second header lies across the end of the first piece.
    const bytes = Buffer.concat([head, record(1_048_576 - 24 - 16 - 5), record(70_000), record(0)]);
    expect(countPackets(file('a.pcap', bytes))).toEqual({ packets: 3, bytes: bytes.length, longPackets: 2 });
    expect(() => countPackets(file('b.pcap', bytes.subarray(0, -3)))).toThrow('ends within a packet');
    expect(() => countPackets(file('c.pcap', Buffer.alloc(100)))).toThrow('no pcap');
  });

  it('knows sizes', () => {
    for (const text of ['1G', '400M', '64K', '1000']) expect(sizeName(bytesFrom(text))).toBe(text);
    expect(bytesFrom('1.5G')).toBe(1.5 * 2 ** 30);
    expect(bytesFrom('much')).toBeNaN();
  });
});

describe('arguments', () => {
  it('choose captures and sides', () => {
    const names = (...argv: string[]): string[] => plan(requestFrom(argv), '--threads --no-hash').flatMap(({ name, sides }) => sides.map((side) => `${name}: ${side.name}`));
    expect(names('--only', 'elephant,suricata')).toEqual(['elephant: Suricata']);
    expect(names('--captures', 'mixed-100M', '--sides', 'node')).toEqual(['mixed-100M: Node, reading only', 'mixed-100M: capsift, Node, one thread', 'mixed-100M: capsift, Node, all threads']);
    expect(names().some((name) => name.startsWith('mixed-10G'))).toBe(false);
    expect(names('--large').some((name) => name.startsWith('mixed-10G'))).toBe(true);
    expect(requestFrom(['--quick']).runs).toBe(1);
    expect(requestFrom([]).runs).toBe(3);
    expect(requestFrom([]).load).toBe(null);
    expect(requestFrom(['--load']).load).toBe('');
    expect(requestFrom(['--load', 'x.pcap']).load).toBe('x.pcap');
    expect(() => requestFrom(['x.pcap'])).toThrow('What is "x.pcap"?');
    expect(() => requestFrom(['--runs', 'many'])).toThrow('--runs');
    expect(() => requestFrom(['--make', 'noise'])).toThrow('--make is one of mixed');
    expect(requestFrom(['--make', 'dns', '--size', '1M', '--out', 'x']).make).toEqual({ traffic: 'dns', bytes: 2 ** 20, out: 'x' });
  });

  it('say why a way of ours cannot be measured yet', () => {
    const sides = plan(requestFrom(['--captures', 'downloads']), '').flatMap((heat) => heat.sides);
    expect(sides.filter(({ name, absent }) => name.startsWith('capsift, Node') && absent !== null).map(({ absent }) => absent)).toEqual(['this build has no --threads', 'this build has no --no-hash']);
  });
});

describe.runIf(process.platform === 'linux')('a measured program', () => {
  it('is told apart from what it writes', async () => {
    const ended = await run(process.execPath, ['-e', 'console.log("out"); console.error("err"); const a = Buffer.alloc(64e6, 1); const end = Date.now() + 300; while (Date.now() < end); process.exit(3)']);
    expect(ended).toMatchObject({ code: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(ended.wall).toBeGreaterThan(290);
    expect(ended.cpu).toBeGreaterThan(100);
    expect(ended.cpu).toBeLessThan(ended.wall * 8);
    expect(ended.memory).toBeGreaterThan(64e6);
  });

  it('reads a file as its standard input, and is ended when it takes too long', async () => {
    expect(await run('cat', [], { stdin: file('in', 'given') })).toMatchObject({ stdout: 'given', code: 0 });
    expect((await run('sleep', ['30'], { timeout: 200 })).code).not.toBe(0);
  });
});
