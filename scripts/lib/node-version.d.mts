/** Whether a Node version satisfies `^20.19 || >=22.12`, the range in package.json's `engines`. */
export function isSupported(major: number, minor: number): boolean;

/** Ends the process with one sentence when this Node is too old. */
export function requireNode(): void;
