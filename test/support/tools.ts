import { spawnSync } from 'node:child_process';

const known = new Map<string, boolean>();

/** Whether a program is installed; says once what is left out when it is not. Only for oracles beside committed data. */
export function hasTool(name: string, leftOut: string): boolean {
  const found = known.get(name) ?? spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
  if (!known.has(name) && !found) console.warn(`${name} is not installed: ${leftOut} is left out.`);
  known.set(name, found);
  return found;
}
