import { launch, type Browser } from 'puppeteer-core';
import { findFirefox } from '../../../scripts/lib/browsers.mjs';

/** Path of the installed Firefox; null when there is none, which `npm test` says at its end. */
export const firefoxPath = findFirefox();

/** Starts it by WebDriver BiDi, which needs no driver binary, with a fresh profile. */
export async function launchFirefox(): Promise<Browser> {
  if (!firefoxPath) throw new Error('There is no Firefox.');
  return launch({ browser: 'firefox', executablePath: firefoxPath, headless: true });
}
