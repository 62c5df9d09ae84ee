// A trap is a bug of ours. abort() replaces the host import (asc --use abort=…): it keeps the place for the host's report
// and stops the instance.

/** Line of the last abort; 0 = none. The module traps right after setting it. */
export let trapLine: u32 = 0;

/** Called by the compiler where AssemblyScript's own checks fail. */
export function onAbort(message: string | null, file: string | null, line: u32, column: u32): void {
  trapLine = line;
  unreachable();
}
