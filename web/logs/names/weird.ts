import { WEIRD_NAMES } from '../../../assembly/abi/weirds';

const NAMES = WEIRD_NAMES.split(' ');

/** Name of a WEIRD_* code; Zeek's where it has one. */
export function weirdName(code: number): string {
  return NAMES[code] ?? `weird-${code}`;
}

/** All names, at the place of their code. */
export const ALL_WEIRD_NAMES: readonly string[] = NAMES;
