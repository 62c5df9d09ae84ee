import { readFileSync } from 'node:fs';
import { processesBelow } from './memory.mjs';

/** Milliseconds of one tick of the kernel's accounts (USER_HZ is 100 on every Linux that Node runs on). */
const TICK = 10;

/** Processor time of a process and of its children that have ended, in ticks; 0 when it is gone. */
function ticksOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
  } catch {
    return 0;
  }
}

/** Processor time so far, in milliseconds: of everything on the machine, and of `root` with all processes below it. Linux only. */
export function processorTime(root) {
  // user nice system idle iowait irq softirq steal
  const all = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/).slice(1, 9).map(Number);
  const busy = all.reduce((sum, ticks, at) => sum + (at === 3 || at === 4 ? 0 : ticks), 0);
  return { machine: busy * TICK, own: [root, ...processesBelow(root)].reduce((sum, pid) => sum + ticksOf(pid), 0) * TICK };
}
