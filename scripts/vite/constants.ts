import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';

/** What web/build.d.ts declares, as text that takes its place. */
export function buildConstants(root: string, single: boolean): Record<string, string> {
  const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string };
  const engine = `${root}/build/engine.wasm`;
  const sha256 = existsSync(engine) ? createHash('sha256').update(readFileSync(engine)).digest('hex') : '';
  return {
    __CAPSIFT_VERSION__: JSON.stringify(version),
    __ENGINE_SHA256__: JSON.stringify(sha256),
    __SINGLE_FILE__: JSON.stringify(single),
  };
}
