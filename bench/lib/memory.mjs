/* global setInterval, clearInterval */
import { readFileSync, readdirSync } from 'node:fs';

/** Bytes of one process, shared pages divided among those that share them; 0 when it is gone. */
function pssOf(pid) {
  try {
    const found = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return found ? Number(found[1]) * 1024 : 0;
  } catch {
    return 0;
  }
}

/** Every process below `root`, without it. */
export function processesBelow(root) {
  const children = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The name of the program, in brackets, may hold spaces and brackets of its own.
      const parent = Number(readFileSync(`/proc/${name}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
    } catch {
      // it ended meanwhile
    }
  }
  const found = [];
  for (let next = [...(children.get(root) ?? [])]; next.length > 0;) {
    const pid = next.pop();
    found.push(pid);
    next.push(...(children.get(pid) ?? []));
  }
  return found;
}

/** Kind of a Chromium process: `browser`, `renderer`, `gpu-process`, `utility`, `zygote`. */
function kindOf(pid) {
  try {
    return /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))?.[1] ?? 'browser';
  } catch {
    return 'gone';
  }
}

/** Proportional set size of all processes below `root`, and by their kind. Linux only. */
export function treeMemory(root) {
  const kinds = {};
  let total = 0;
  for (const pid of processesBelow(root)) {
    const bytes = pssOf(pid);
    const kind = kindOf(pid);
    kinds[kind] = (kinds[kind] ?? 0) + bytes;
    total += bytes;
  }
  return { total, kinds };
}

/** Samples `treeMemory` until `end` is called, which gives the samples. */
export function sampleMemory(root, milliseconds) {
  const began = performance.now();
  const samples = [];
  const timer = setInterval(() => samples.push({ at: performance.now() - began, ...treeMemory(root) }), milliseconds);
  return {
    /** The last one; `at` is in milliseconds since the start. */
    last: () => samples.at(-1),
    end: () => { clearInterval(timer); return samples; },
  };
}
