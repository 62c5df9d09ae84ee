import { run } from '../lib/child';
import type { Side } from './side';

const SCRIPT = `
const { open } = await import('node:fs/promises');
const file = await open(process.argv[1]);
const buffer = new Uint8Array(1 << 20);
while ((await file.read(buffer, 0, buffer.length, null)).bytesRead > 0);
await file.close();`;

/** Node that reads the capture and nothing else. */
export function reading(): Side {
  return {
    name: 'Node, reading only', absent: null,
    does: 'Node reads the capture in pieces of 1 MiB and does nothing with it: what the disk\'s cache and Node\'s start allow at most',
    async measure({ path }) {
      const ended = await run(process.execPath, ['--input-type=module', '-e', SCRIPT, path]);
      if (ended.code !== 0) throw new Error(`Reading ${path} ended with ${ended.code}: ${ended.stderr.trim()}`);
      return { ...ended, counts: {} };
    },
  };
}
