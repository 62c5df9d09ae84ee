import { existsSync, readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { npm } from './run.mjs';

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/**
 * Packages of the lock file that node_modules lacks or has in another version. Compared by content: times of files
 * lie after a checkout. Optional packages are left out, they belong to other platforms.
 */
export function missingPackages(lock, installed) {
  const have = installed?.packages ?? {};
  return Object.entries(lock.packages ?? {})
    .filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional && !entry.link && have[path]?.version !== entry.version)
    .map(([path, entry]) => `${path.replace(/^.*node_modules\//, '')}@${entry.version}`);
}

/** Installs the packages of package-lock.json when node_modules is missing or does not agree with it. */
export function ensureInstalled() {
  const hidden = at('node_modules', '.package-lock.json');
  const missing = missingPackages(readJson(at('package-lock.json')), existsSync(hidden) ? readJson(hidden) : null);
  if (missing.length === 0) return;
  const some = missing.slice(0, 3).join(', ');
  console.log(`Installing packages (${missing.length} missing: ${some}${missing.length > 3 ? ', …' : ''})`);
  const quiet = ['--include=dev', '--no-audit', '--no-fund'];
  if (npm(['ci', ...quiet]) === 0) return;
  console.error('`npm ci` failed; trying `npm install`, which accepts a lock file that does not agree with package.json.');
  if (npm(['install', '--no-save', ...quiet]) === 0) return;
  console.error('The packages could not be installed. npm said why above; most often the registry cannot be reached (check `npm ping`).');
  process.exit(1);
}
