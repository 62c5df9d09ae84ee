/** Processor time so far, in milliseconds: of everything on the machine, and of `root` with all processes below it. Linux only. */
export function processorTime(root: number): { machine: number; own: number };
