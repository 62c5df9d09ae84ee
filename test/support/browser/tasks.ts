import type { Browser, Page } from 'playwright-core';

/** An event of the browser's own tracing, as far as it is read here. */
interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds of the processor. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string; readonly data?: { readonly frames?: readonly { readonly processId?: number; readonly url?: string }[] } };
}

/**
 * Begins to record what a page's main thread does; the answer ends that and gives the length of each of its tasks, the
 * longest first, in milliseconds of the processor: what others do on the machine at the same time must not count.
 */
export async function startTrace(browser: Browser, page: Page): Promise<() => Promise<number[]>> {
  await browser.startTracing(page, { categories: ['disabled-by-default-devtools.timeline', 'devtools.timeline', 'toplevel'] });
  return async () => {
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString('utf8')) as { traceEvents: readonly TraceEvent[] };
    const pids = new Set(traceEvents.flatMap(({ name, args }) => (name === 'TracingStartedInBrowser' ? args?.data?.frames ?? [] : []))
      .filter(({ url }) => url === page.url() || url?.startsWith(new URL(page.url()).origin)).map(({ processId }) => processId));
    const main = new Set(traceEvents.filter(({ ph, name, args, pid }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain' && pids.has(pid))
      .map(({ pid, tid }) => `${pid} ${tid}`));
    return traceEvents.filter(({ name, pid, tid }) => name === 'RunTask' && main.has(`${pid} ${tid}`))
      .map(({ tdur }) => (tdur ?? 0) / 1000).sort((a, b) => b - a);
  };
}
