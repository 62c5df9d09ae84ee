type Run = () => void;

/** Runs things as tasks of their own, in order, after the messages that have arrived. */
function taskQueue(): (run: Run) => void {
  // Node's own; a port there would keep the process alive.
  const { setImmediate: soon } = globalThis as { setImmediate?: (run: Run) => unknown };
  if (soon) return (run) => { soon(run); };
  const waiting: Run[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => waiting.shift()?.();
  return (run) => {
    waiting.push(run);
    port2.postMessage(0);
  };
}

const asTask = taskQueue();

/**
 * Lets messages that have arrived be worked on. A timer would wait for four milliseconds when it is asked for again and
 * again (HTML, timer initialisation steps).
 */
export function pause(): Promise<void> {
  return new Promise(asTask);
}
