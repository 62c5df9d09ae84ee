import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/browsers.mjs';

/** Keeps the browser itself from calling home, so that whatever goes out is the page's doing. */
const QUIET = [
  '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

/** How the Chrome or Chromium that `npm test` found is started. @throws Error when there is none */
export function chromiumOptions(extra: readonly string[] = []): { executablePath: string; args: string[] } {
  const executablePath = findChromium();
  if (!executablePath) throw new Error('There is no Chrome or Chromium. Run `npm test`, which installs one, or name one in CAPSIFT_BROWSER.');
  // Chromium refuses to sandbox for root.
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return { executablePath, args: [...QUIET, ...sandbox, ...extra] };
}

/** Starts it with a fresh profile. @throws Error when there is none */
export async function launchChromium(extra: readonly string[] = []): Promise<Browser> {
  return chromium.launch(chromiumOptions(extra));
}
