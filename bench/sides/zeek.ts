import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../../scripts/lib/run.mjs';
import { run } from '../lib/child';
import { countConnections } from './capsift';
import type { Side } from './side';

export function zeek(): Side {
  const program = which('zeek');
  return {
    name: 'Zeek', absent: program ? null : 'no zeek is installed',
    does: '`zeek -C -r CAPTURE LogAscii::use_json=T` with its default scripts: all its logs as JSON, types of files, no hashes',
    async measure({ path }, folder, count) {
      mkdirSync(folder, { recursive: true });
      // Zeek writes into the folder that it runs in.
      const ended = await run('bash', ['-c', 'cd "$1" && exec "$2" -C -r "$3" LogAscii::use_json=T', 'bash', folder, program ?? 'zeek', path]);
      if (ended.code !== 0) throw new Error(`Zeek ended with ${ended.code}: ${ended.stderr.trim()}`);
      return { ...ended, counts: count ? countConnections(join(folder, 'conn.log')) : {} };
    },
  };
}
