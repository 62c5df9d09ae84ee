/** Path of a Chrome or Chromium: `CAPSIFT_BROWSER`, else one that is installed; null when there is none. @throws Error */
export function findChromium(): string | null;

/** Path of an installed Firefox, or null. */
export function findFirefox(): string | null;

/** Path of a Chrome or Chromium, installed now when there was none. @throws Error with a sentence that says what to install */
export function ensureChromium(): string;
