import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COUNTER_PACKETS } from '../../assembly/abi/counters';
import type { ReadCapture } from '../../cli/captures';
import { hasTool } from '../support/tools';
import { readFile, rowsOf } from '../support/golden';

const CAPTURES = join(fileURLToPath(new URL('../../', import.meta.url)), 'fixtures/captures');
const installed = hasTool('tshark', 'comparing our captures with what tshark says of them');

/**
 * Captures that tshark reads otherwise by intent: it stops at damage, keeps the later copy of what overlaps, numbers
 * pcapng's custom blocks as frames, does not look into an opened proxy, and has no Community ID behind a routing header.
 */
const OTHERWISE = new RegExp([
  '^file-(damaged|garbage|cut|nothing|text|snoop|pcapng-simple|empty|snaplen|pcapng-every-block)', '^link-not-decoded', 'overlap', '^tunnel-too-deep', 'different', '^tcp-syn-ack-first',
  '^frag-never', '^http-connect', '^ipv6-extension-headers',
].join('|'));
const names = readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|gz|zst)$/.test(name) && !OTHERWISE.test(name)).sort();

const FIELDS = [
  'frame.number', 'frame.protocols', 'http.request.uri', 'dns.flags.response', 'dns.qry.name', 'tls.handshake.ja3', 'tls.handshake.extensions_server_name', 'tls.handshake.ja3s',
  'tcp.stream', 'communityid',
] as const;
type Field = (typeof FIELDS)[number];
type Packet = Readonly<Record<Field, readonly string[]>>;

/** What tshark says of each packet; a field that stands several times in a packet has several values. */
function dissect(file: string): Packet[] {
  const { stdout, status, stderr } = spawnSync('tshark', [
    '-r', file, '-n', '-2', '--enable-protocol', 'communityid', '-T', 'fields', '-E', 'separator=/t', '-E', 'occurrence=a', '-E', 'aggregator=|', ...FIELDS.flatMap((name) => ['-e', name]),
  ], { encoding: 'utf8', maxBuffer: 1e8 });
  if (status !== 0) throw new Error(stderr);
  return stdout.split('\n').filter((line) => line !== '').map((line) => {
    const values = line.split('\t');
    return Object.fromEntries(FIELDS.map((name, i) => [name, (values[i] ?? '').split('|').filter((value) => value !== '')])) as unknown as Packet;
  });
}

const sorted = (values: readonly string[]): string[] => [...values].sort();
const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

describe.skipIf(!installed)('tshark agrees on what it knows too', () => {
  it.each(names)('%s', (name) => compare(join(CAPTURES, name)), 60_000);
});

async function compare(file: string): Promise<void> {
  const [capture] = (await readFile(file)).captures;
  if (!capture) throw new Error(`${file} gave no capture`);
  const packets = dissect(file);
  const all = (field: Field, from: readonly Packet[] = packets): string[] => from.flatMap((packet) => packet[field]);
  expect(Number(capture.counters[COUNTER_PACKETS])).toBe(packets.length);

  expect(sorted(present(capture, 'http', 'uri'))).toEqual(sorted(all('http.request.uri')));

  const queries = packets.filter((packet) => packet['dns.flags.response'][0] === '0' && !packet['frame.protocols'].some((names) => names.includes('nbns')));
  const asked = present(capture, 'dns', 'query');
  for (const name of unique(all('dns.qry.name', queries))) expect(asked, name).toContain(name);

  expect(sorted(present(capture, 'ssl', 'ja3'))).toEqual(sorted(all('tls.handshake.ja3')));
  expect(sorted(present(capture, 'ssl', 'server_name'))).toEqual(sorted(all('tls.handshake.extensions_server_name')));
  expect(sorted(present(capture, 'ssl', 'ja3s'))).toEqual(sorted(all('tls.handshake.ja3s')));

  const conn = rowsOf(capture, 'conn');
  const streams = new Set(all('tcp.stream'));
  expect(conn.filter((row) => row['proto'] === 'tcp')).toHaveLength(streams.size);

  // Of tunnels tshark has an ID for one of the flows only; its ICMP IDs are those of each packet's direction.
  const name = file.slice(CAPTURES.length + 1);
  if (/^(tunnel|icmp)/.test(name)) return;
  const transports = packets.filter((packet) => packet['frame.protocols'].some((names) => /:(tcp|udp|sctp)\b/.test(names) && !/:icmp/.test(names)));
  expect(unique(conn.filter((row) => row['proto'] !== 'icmp').map((row) => String(row['community_id'])))).toEqual(unique(all('communityid', transports)));
}

/** The values of a field in a log, rows without it left out. */
function present(capture: ReadCapture, log: 'http' | 'dns' | 'ssl', field: string): string[] {
  return rowsOf(capture, log).flatMap((row) => (row[field] === undefined ? [] : [String(row[field])]));
}
