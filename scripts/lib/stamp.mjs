import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ROOT, at } from './paths.mjs';

/** All files under the paths (files or folders, relative to the project), sorted, with forward slashes. */
export function filesUnder(paths, root = ROOT) {
  const files = [];
  const visit = (path) => {
    if (!existsSync(path)) return;
    if (statSync(path).isDirectory()) for (const name of readdirSync(path)) visit(join(path, name));
    else files.push(relative(root, path).split(sep).join('/'));
  };
  for (const path of paths) visit(join(root, path));
  return files.sort();
}

/** SHA-256 over names and contents, so that a renamed file counts as changed. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of filesUnder(paths)) hash.update(`${file}\0`).update(readFileSync(at(file))).update('\0');
  return hash.digest('hex');
}

const stampFile = (name) => at('.cache', `${name}.sha256`);

/** Runs `make` unless the inputs have the hash of the last time that it succeeded and the output is there. */
export async function onceFor(name, inputs, output, make) {
  const hash = hashOf(inputs);
  const stamp = stampFile(name);
  if (existsSync(at(output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  rmSync(stamp, { force: true });
  await make();
  mkdirSync(at('.cache'), { recursive: true });
  writeFileSync(stamp, hash);
}
