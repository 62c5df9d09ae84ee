import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';

/** What a program cost. */
export interface Cost {
  /** Wall time in milliseconds. */
  readonly wall: number;
  /** User and system time of the program and its children, in milliseconds. */
  readonly cpu: number;
  /** Peak resident set in bytes (`VmHWM`, looked at every 20 ms); NaN where it cannot be told. */
  readonly memory: number;
}

export interface Ended extends Cost {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Bytes of a program's answer that are kept of each stream. */
const MAX_OUTPUT = 256 * 1024 * 1024;

function peakOf(pid: number): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'));
    return found ? Number(found[1]) * 1024 : NaN;
  } catch {
    return NaN;
  }
}

/**
 * Runs a program to its end. Bash's `time` tells its processor time (of a group: of a lone subshell it says nothing), `/proc`
 * its peak of memory; the descriptors 3 and 4 carry both past the program's own output.
 * @throws Error when it cannot be started or its answer is larger than MAX_OUTPUT
 */
export async function run(program: string, args: readonly string[], options: { readonly stdin?: string; readonly env?: NodeJS.ProcessEnv; readonly timeout?: number } = {}): Promise<Ended> {
  const script = 'TIMEFORMAT="%U %S"; { time { (echo "$BASHPID" >&3; exec "$@" 2>&5 3>&- 4>&- 5>&-); }; } 5>&2 2>&4; exit $?';
  const input = options.stdin === undefined ? null : openSync(options.stdin, 'r');
  const began = performance.now();
  const child = spawn('bash', ['-c', script, 'bash', program, ...args], {
    stdio: [input ?? 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'], env: options.env ?? process.env, detached: true,
  });
  const texts = ['', '', '', ''];
  let kept = 0;
  let memory = NaN;
  const look = (): void => {
    const pid = Number.parseInt(texts[2] as string, 10);
    const now = Number.isNaN(pid) ? NaN : peakOf(pid);
    if (!Number.isNaN(now)) memory = Number.isNaN(memory) ? now : Math.max(memory, now);
  };
  const watch = setInterval(look, 20);
  const stop = (): void => { if (child.pid !== undefined) try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ } };
  const late = options.timeout === undefined ? null : setTimeout(stop, options.timeout);
  try {
    return await new Promise<Ended>((done, fail) => {
      child.stdio.slice(1).forEach((stream, i) => {
        if (!stream || !('setEncoding' in stream)) return;
        stream.setEncoding('utf8');
        stream.on('data', (text: string) => {
          kept += text.length;
          if (kept > MAX_OUTPUT) { stop(); fail(new Error(`${program} wrote more than ${MAX_OUTPUT} bytes`)); }
          texts[i] += text;
        });
      });
      child.on('error', fail);
      child.on('close', (code) => {
        const wall = performance.now() - began;
        const cpu = (texts[3] as string).trim().split(' ').reduce((sum, seconds) => sum + Number(seconds) * 1000, 0);
        done({ wall, cpu, memory, code: code ?? 137, stdout: texts[0] as string, stderr: texts[1] as string });
      });
    });
  } finally {
    clearInterval(watch);
    if (late) clearTimeout(late);
    if (input !== null) closeSync(input);
  }
}
