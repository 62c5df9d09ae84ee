import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './paths.mjs';

/**
 * Runs a program to its end with our own output. Gives its exit code; 127 when it cannot be started.
 * Standard input is closed, so nothing can wait for an answer.
 */
export function run(program, args, options = {}) {
  const result = spawnSync(program, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (result.error) console.error(`${program}: ${result.error.message}`);
  return result.status ?? 127;
}

/** Runs a JavaScript file of an installed package with this very Node. */
export const runPackage = (file, args, options) => run(process.execPath, [join(ROOT, 'node_modules', file), ...args], options);

/** Runs npm: the one that called us when there is one, else the one on the PATH. */
export function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) return run(process.execPath, [cli, ...args]);
  return run('npm', args, { shell: process.platform === 'win32' });
}

/** Absolute path of a program on the PATH (or of a path that is given), or null. */
export function which(name) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  const folders = /[/\\]/.test(name) ? [''] : (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  for (const folder of folders) {
    for (const suffix of suffixes) {
      const file = folder ? join(folder, name + suffix) : name + suffix;
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not here
      }
    }
  }
  return null;
}
