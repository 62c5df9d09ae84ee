import { which } from '../../scripts/lib/run.mjs';
import { run } from '../lib/child';
import { Pairs } from '../lib/pairs';
import type { Counts, Side } from './side';

/**
 * What the table of `-z conv,tcp` says: pairs of endpoints, and the frames of both directions together. Its rows are not
 * compared with connections: tshark lets none end, so that what uses a pair again hours later is in the same row.
 */
export function countConversations(table: string): Counts {
  let tcpPackets = 0;
  const pairs = new Pairs();
  for (const line of table.split('\n')) {
    // A:port <-> B:port  frames bytes unit  frames bytes unit  frames bytes unit  start duration
    const [one, rest] = line.split(' <-> ');
    if (one === undefined || rest === undefined) continue;
    pairs.add(one.trim(), rest.trim().split(/\s+/, 1)[0] ?? '');
    const numbers = rest.trim().split(/\s+/).slice(1).filter((word) => /^[\d,.]+$/.test(word));
    tcpPackets += Number((numbers[4] ?? '0').replace(/,/g, ''));
  }
  return { tcpPairs: pairs.count, tcpPackets };
}

export function tshark(): Side {
  const program = which('tshark');
  return {
    name: 'tshark', absent: program ? null : 'no tshark is installed',
    does: '`tshark -n -q -z conv,tcp`: every packet dissected, a table of TCP conversations; no names looked up, no logs',
    async measure({ path }, _folder, count) {
      const ended = await run(program ?? 'tshark', ['-n', '-q', '-z', 'conv,tcp', '-r', path]);
      if (ended.code !== 0) throw new Error(`tshark ended with ${ended.code}: ${ended.stderr.trim()}`);
      return { ...ended, counts: count ? countConversations(ended.stdout) : {} };
    },
  };
}
