import * as Comlink from 'comlink';
import { Store } from '../store/store';
import { Analysis } from './analysis';
import type { AnalysisWorkerApi } from './analysis-api';
import { living } from './life';
import { PacketService } from './packet-service';

let module: WebAssembly.Module | null = null;
let ready: (analysis: Analysis) => void = () => undefined;
/** Questions that come before `prepare` wait for it. */
const analysis = new Promise<Analysis>((resolve) => { ready = resolve; });
let prepared = false;

const own: Pick<AnalysisWorkerApi, 'prepare' | 'connect' | 'attach' | 'memory' | 'hold'> = {
  ...living,
  async prepare(compiled, quiet) {
    module = compiled;
    if (prepared) return '';
    prepared = true;
    const store = await Store.open({ fromFile: quiet });
    const made = new Analysis({
      store, packets: new PacketService(() => module), engine: `${__CAPSIFT_VERSION__}+${__ENGINE_SHA256__.slice(0, 12)}`,
    });
    ready(made);
    return (await store.status()).message;
  },
  connect(port) {
    Comlink.expose(api, port);
    return Promise.resolve();
  },
  attach: async (file, sha256) => (await analysis).attach(file, sha256),
  memory: async () => (await analysis).memory(),
};

/** Bytes that a saved file or a packet brings along are moved to the page, not copied. */
function moved(value: unknown): unknown {
  const saved = (value as { ok?: boolean; value?: { bytes?: unknown } } | null)?.value?.bytes;
  return saved instanceof Uint8Array && saved.byteOffset === 0 && saved.byteLength === saved.buffer.byteLength
    ? Comlink.transfer(value as object, [saved.buffer as ArrayBuffer]) : value;
}

// Everything else is Analysis's, once it is there.
const api = new Proxy(own as AnalysisWorkerApi, {
  get(target, name) {
    if (Reflect.has(target, name)) return Reflect.get(target, name) as unknown;
    return async (...questions: unknown[]) => {
      const instance = await analysis;
      const method = Reflect.get(instance, name) as ((...args: unknown[]) => unknown) | undefined;
      if (typeof method !== 'function') throw new TypeError(`the analysis has no ${String(name)}`);
      return moved(await method.apply(instance, questions));
    };
  },
});

Comlink.expose(api);
