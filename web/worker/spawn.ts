import { sources } from './sources';

export type WorkerName = 'engine' | 'body' | 'hash' | 'analysis';

/** The address of a module, or a class that makes the worker from text that the page carries. */
export type WorkerSources = Readonly<Record<WorkerName, string | (new (options?: { name?: string }) => Worker)>>;

const blobs = new Map<WorkerName, string>();

/** One blob a worker, kept as long as the page: Chromium may not have read it yet when the constructor returns. */
function blobFor(name: WorkerName, address: string): string {
  const known = blobs.get(name);
  if (known) return known;
  const text = `import ${JSON.stringify(new URL(address, document.baseURI).href)};`;
  const made = URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
  blobs.set(name, made);
  return made;
}

/**
 * Starts a worker. The only place that does: a worker from a blob inherits the page's Content-Security-Policy, one that
 * is loaded by address does not and could send to anywhere (a lint rule forbids others).
 * @throws SecurityError when the browser refuses
 */
export function spawn(name: WorkerName): Worker {
  const source = sources[name];
  if (typeof source !== 'string') return new source({ name });
  return new Worker(blobFor(name, source), { type: 'module', name });
}
