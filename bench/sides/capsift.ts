import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { at } from '../../scripts/lib/paths.mjs';
import { run } from '../lib/child';
import { Pairs } from '../lib/pairs';
import { lines } from '../lib/scan';
import type { Counts, Side } from './side';

interface Row {
  readonly 'id.orig_h': string;
  readonly 'id.orig_p': number;
  readonly 'id.resp_h': string;
  readonly 'id.resp_p': number;
  readonly orig_pkts?: number;
  readonly resp_pkts?: number;
}

/** What conn.log says: rows, those of TCP, and their packets. */
export function countConnections(path: string): Counts {
  let flows = 0;
  let tcpFlows = 0;
  let tcpPackets = 0;
  const pairs = new Pairs();
  for (const line of lines(path)) {
    flows++;
    if (!line.includes('"proto":"tcp"')) continue;
    const row = JSON.parse(line.toString()) as Row;
    pairs.add(`${row['id.orig_h']}:${row['id.orig_p']}`, `${row['id.resp_h']}:${row['id.resp_p']}`);
    tcpFlows++;
    tcpPackets += (row.orig_pkts ?? 0) + (row.resp_pkts ?? 0);
  }
  return { flows, tcpFlows, tcpPairs: pairs.count, tcpPackets };
}

/** SHA-256 of the files whose every byte was there, from files.log; undefined when none has one. */
export function hashesOf(path: string): string[] | undefined {
  const hashes: string[] = [];
  for (const line of lines(path)) {
    const row = JSON.parse(line.toString()) as { readonly source?: string; readonly sha256?: string; readonly missing_bytes?: number };
    if (row.sha256 !== undefined && row.source !== 'SSL' && (row.missing_bytes ?? 0) === 0) hashes.push(row.sha256);
  }
  return hashes.length > 0 ? hashes : undefined;
}

/** What `--coverage` says. */
function packetsOf(stderr: string): number | undefined {
  const line = stderr.split('\n').find((text) => text.startsWith('{'));
  return line === undefined ? undefined : (JSON.parse(line) as { readonly packets?: number }).packets;
}

/**
 * Our command line.
 * @param help what it says of itself, by which it is known what it can
 * @param threads 1, or null for as many as there are cores
 */
export function capsift(help: string, threads: 1 | null, hashes = true): Side {
  const name = `capsift, Node, ${threads === 1 ? 'one thread' : 'all threads'}${hashes ? '' : ', no hashes'}`;
  const missing = threads === null && !help.includes('--threads') ? 'this build has no --threads' : !hashes && !help.includes('--no-hash') ? 'this build has no --no-hash' : null;
  const options = [
    ...(help.includes('--threads') ? ['--threads', String(threads ?? availableParallelism())] : []), ...(hashes ? [] : ['--no-hash']), ...(help.includes('--coverage') ? ['--coverage'] : []),
  ];
  return {
    name, absent: missing,
    does: `\`capsift logs --format json${options.map((option) => ` ${option}`).join('')}\`: all logs, every stream reassembled to its end, bodies decoded${hashes ? ' and hashed (MD5, SHA-1, SHA-256)' : ''}, certificates read`,
    async measure({ path }, folder, count) {
      const ended = await run(process.execPath, [at('dist/cli/capsift.js'), 'logs', path, '--format', 'json', '--out', folder, ...options]);
      if (ended.code !== 0) throw new Error(`${name} ended with ${ended.code}: ${ended.stderr.trim()}`);
      return { ...ended, counts: count ? { packets: packetsOf(ended.stderr), ...countConnections(join(folder, 'conn.log')), sha256: hashesOf(join(folder, 'files.log')) } : {} };
    },
  };
}
