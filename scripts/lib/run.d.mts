import type { SpawnSyncOptions } from 'node:child_process';

/** Runs a program to its end with our own output. Gives its exit code; 127 when it cannot be started. */
export function run(program: string, args: readonly string[], options?: SpawnSyncOptions): number;

/** Runs a JavaScript file of an installed package with this very Node. */
export function runPackage(file: string, args: readonly string[], options?: SpawnSyncOptions): number;

/** Runs npm: the one that called us when there is one, else the one on the PATH. */
export function npm(args: readonly string[]): number;

/** Absolute path of a program on the PATH (or of a path that is given), or null. */
export function which(name: string): string | null;
