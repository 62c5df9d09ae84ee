import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { ROOT, at } from './paths.mjs';
import { run, runPackage, which } from './run.mjs';

const CHROMIUMS = [
  'google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];
const FIREFOXES = ['firefox-esr', 'firefox', '/Applications/Firefox.app/Contents/MacOS/firefox'];

/** Whether it starts at all: Ubuntu's chromium-browser is a stub that only tells to install a snap. */
function starts(file) {
  if (process.platform === 'win32') return true;
  const result = spawnSync(file, ['--version'], { encoding: 'utf8', timeout: 30_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 && /Chrom|Firefox/.test(result.stdout);
}

const first = (names) => names.map(which).find((file) => file !== null && starts(file)) ?? null;

/** Playwright's own Chromium, where it has been downloaded; null where not. */
function playwrights() {
  const require = createRequire(at('package.json'));
  const file = require('playwright-core').chromium.executablePath();
  return file && existsSync(file) ? file : null;
}

/** Path of a Chrome or Chromium: `CAPSIFT_BROWSER`, else one that is installed; null when there is none. @throws Error */
export function findChromium() {
  const named = process.env.CAPSIFT_BROWSER;
  if (!named) return first(CHROMIUMS) ?? playwrights();
  const file = which(named);
  if (!file) throw new Error(`CAPSIFT_BROWSER names ${named}, which is no program here. Give the path of a Chrome or Chromium.`);
  return file;
}

/** Path of an installed Firefox, or null. */
export const findFirefox = () => first(FIREFOXES);

/** Path of a Chrome or Chromium, installed now when there was none. @throws Error with a sentence that says what to install */
export function ensureChromium() {
  const found = findChromium();
  if (found) return found;
  if (process.getuid?.() === 0 && which('apt-get')) {
    console.log('No Chrome or Chromium is installed: installing Debian\'s chromium.');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const install = () => run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { env });
    run('apt-get', ['update'], { env });
    if (install() === 0) {
      const installed = findChromium();
      if (installed) return installed;
    }
  }
  console.log('No Chrome or Chromium is installed: downloading Playwright\'s.');
  runPackage('playwright-core/cli.js', ['install', 'chromium', '--no-shell'], { cwd: ROOT });
  const downloaded = playwrights();
  if (downloaded && starts(downloaded)) return downloaded;
  throw new Error('The browser tests need Chrome or Chromium, and none could be installed. Install one (Debian: `apt-get install chromium`) or name it in CAPSIFT_BROWSER, and run `npm test` again.');
}
