import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../../scripts/lib/run.mjs';
import { run } from '../lib/child';
import { Pairs } from '../lib/pairs';
import { lines } from '../lib/scan';
import type { Counts, Side } from './side';

/** How far Suricata looks into streams and bodies, and what it does with files. */
export interface SuricataWay {
  readonly name: string;
  readonly does: string;
  /** Streams and bodies to their end; otherwise as it comes: 1 MiB of a stream, 100 KiB of a body. */
  readonly whole: boolean;
  readonly hashes: boolean;
}

export const SURICATA_WAYS: Readonly<Record<'default' | 'whole' | 'hashes', SuricataWay>> = {
  default: {
    name: 'Suricata', whole: false, hashes: false,
    does: '`suricata --runmode single -k none`, no rules, EVE log of every protocol, of files, anomalies and flows; streams looked at for 1 MiB and bodies for 100 KiB, as it comes',
  },
  whole: {
    name: 'Suricata, whole streams', whole: true, hashes: false,
    does: 'as Suricata, with streams and bodies looked at to their end (`stream.reassembly.depth: 0`, body limits 0), as ours does; no hashes',
  },
  hashes: {
    name: 'Suricata, whole streams, hashes', whole: true, hashes: true,
    does: 'as Suricata, with streams and bodies looked at to their end, and `force-hash: [md5, sha1, sha256]` of every file',
  },
};

/**
 * A configuration of our own, so that nothing of the system's is in it. Values are those that Suricata comes with, except
 * that memory is allowed generously, so that nothing is left out for want of it.
 */
export function suricataConfiguration(way: Pick<SuricataWay, 'whole' | 'hashes'>): string {
  const body = way.whole ? '0' : '100kb';
  const protocols = [
    'anomaly: {enabled: yes}', 'http: {extended: yes}', 'dns', 'tls: {extended: yes}',
    `files: {force-magic: no${way.hashes ? ', force-hash: [md5, sha1, sha256]' : ''}}`, 'smtp: {extended: yes}', 'ftp', 'rdp', 'nfs', 'smb', 'tftp', 'ike', 'dcerpc', 'krb5',
    'bittorrent-dht', 'snmp', 'rfb', 'sip', 'quic', 'dhcp: {enabled: yes, extended: no}', 'ssh', 'mqtt', 'http2', 'flow', 'stats: {totals: yes, threads: no, deltas: no}',
  ];
  const parsers = [
    'telnet', 'rfb', 'mqtt', 'krb5', 'bittorrent-dht', 'snmp', 'ike', 'dcerpc', 'ftp', 'rdp', 'ssh', 'http2', 'smb', 'nfs', 'tftp', 'ntp', 'quic', 'dhcp', 'sip',
  ];
  return `%YAML 1.1
---
vars:
  address-groups: {HOME_NET: "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]", EXTERNAL_NET: "!$HOME_NET"}
default-log-dir: .
stats: {enabled: yes, interval: 3600}
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      community-id: false
      types:
${protocols.map((protocol) => `        - ${protocol}`).join('\n')}
logging:
  default-log-level: notice
  outputs:
    - console: {enabled: yes}
pcap-file: {checksum-checks: no}
app-layer:
  protocols:
${parsers.map((parser) => `    ${parser}: {enabled: yes}`).join('\n')}
    tls: {enabled: yes, detection-ports: {dp: 443}}
    smtp: {enabled: yes, mime: {decode-mime: yes, decode-base64: yes, decode-quoted-printable: yes, extract-urls: yes}}
    imap: {enabled: detection-only}
    dns: {tcp: {enabled: yes, detection-ports: {dp: 53}}, udp: {enabled: yes, detection-ports: {dp: 53}}}
    http: {enabled: yes, libhtp: {default-config: {personality: IDS, request-body-limit: ${body}, response-body-limit: ${body}, response-body-decompress-layer-limit: 2, http-body-inline: auto}}}
host-mode: auto
unix-command: {enabled: no}
defrag: {memcap: 256mb, hash-size: 65536, trackers: 65535, max-frags: 65535, prealloc: yes, timeout: 60}
flow: {memcap: 2gb, hash-size: 65536, prealloc: 10000, emergency-recovery: 30}
flow-timeouts:
  default: {new: 30, established: 300, closed: 0, bypassed: 100}
  tcp: {new: 60, established: 600, closed: 60, bypassed: 100}
  udp: {new: 30, established: 300, bypassed: 100}
  icmp: {new: 30, established: 300, bypassed: 100}
stream:
  memcap: 2gb
  checksum-validation: no
  inline: no
  reassembly: {memcap: 2gb, depth: ${way.whole ? '0' : '1mb'}, toserver-chunk-size: 2560, toclient-chunk-size: 2560, randomize-chunk-size: yes}
`;
}

interface FlowEvent {
  readonly src_ip: string;
  readonly src_port: number;
  readonly dest_ip: string;
  readonly dest_port: number;
  readonly flow: { readonly pkts_toserver: number; readonly pkts_toclient: number };
}

/** What the EVE log says: packets by the last statistics, flows by their records. */
export function countEve(path: string): Counts {
  let packets: number | undefined;
  let flows = 0;
  let tcpFlows = 0;
  let tcpPackets = 0;
  const pairs = new Pairs();
  const sha256: string[] = [];
  for (const line of lines(path)) {
    if (line.includes('"event_type":"stats"')) packets = (JSON.parse(line.toString()) as { stats: { decoder: { pkts: number } } }).stats.decoder.pkts;
    if (line.includes('"event_type":"fileinfo"') && line.includes('"state":"CLOSED"')) {
      const hash = (JSON.parse(line.toString()) as { readonly fileinfo: { readonly sha256?: string } }).fileinfo.sha256;
      if (hash !== undefined) sha256.push(hash);
    }
    if (!line.includes('"event_type":"flow"')) continue;
    flows++;
    if (!line.includes('"proto":"TCP"')) continue;
    const { flow, ...ends } = JSON.parse(line.toString()) as FlowEvent;
    pairs.add(`${ends.src_ip}:${ends.src_port}`, `${ends.dest_ip}:${ends.dest_port}`);
    tcpFlows++;
    tcpPackets += flow.pkts_toserver + flow.pkts_toclient;
  }
  return { packets, flows, tcpFlows, tcpPairs: pairs.count, tcpPackets, ...(sha256.length > 0 ? { sha256 } : {}) };
}

/** Suricata with one packet thread and no rules. */
export function suricata(way: SuricataWay): Side {
  const program = which('suricata');
  return {
    name: way.name, does: way.does, absent: program ? null : 'no suricata is installed',
    async measure({ path, longPackets }, folder, count) {
      mkdirSync(folder, { recursive: true });
      const configuration = join(folder, 'suricata.yaml');
      writeFileSync(configuration, suricataConfiguration(way));
      const ended = await run(program ?? 'suricata', ['-c', configuration, '--runmode', 'single', '-k', 'none', '-S', '/dev/null', '-l', folder, '-r', path]);
      if (ended.code !== 0) throw new Error(`Suricata ended with ${ended.code}: ${ended.stderr.trim()}`);
      return { ...ended, counts: count ? { ...countEve(join(folder, 'eve.json')), leftOut: longPackets } : {} };
    },
  };
}
