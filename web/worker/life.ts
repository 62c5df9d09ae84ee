import { way } from './give-way';

// How the page learns that a worker died: browsers tell of uncaught errors, not of an end. A worker holds a lock as long as
// it lives (Web Locks API); who asks for the same lock gets it at the worker's death.

/** A worker whose life can be watched, and which knows that the page comes first. */
export interface Living {
  /** Takes the lock of that name for good; resolves once it is held. */
  hold(name: string): Promise<void>;
  /** The page needs the processor for so many milliseconds: until then work rests now and then. */
  giveWay(milliseconds: number): void;
}

/** The worker's side. Without the Web Locks API (file://) nothing is held and only errors tell. */
export const living: Living = {
  hold: (name) => new Promise((held) => {
    if (!('locks' in navigator)) { held(); return; }
    void navigator.locks.request(name, () => {
      held();
      return new Promise<never>(() => undefined);
    });
  }),
  giveWay: (milliseconds) => way.used(milliseconds),
};

let watched = 0;

/** The page's side: calls `died` once, when the worker is gone by itself; the answer ends the watch. */
export function watch(worker: Worker, remote: { hold(name: string): Promise<unknown> }, died: (why: string) => void): () => void {
  let over = false;
  const gone = (why: string): void => {
    if (over) return;
    over = true;
    died(why);
  };
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    gone(event.message || 'it could not be started');
  });
  const name = `capsift-worker-${crypto.randomUUID?.() ?? String(++watched)}`;
  if ('locks' in navigator) {
    void remote.hold(name).then(() => navigator.locks.request(name, () => gone('it ended'))).catch(() => undefined);
  }
  return () => { over = true; };
}
