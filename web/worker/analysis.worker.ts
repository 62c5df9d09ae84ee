import * as Comlink from 'comlink';
import { openSha256, type DigestExports } from '../body/digest';
import { digestInstance } from '../body/instance';
import { prepareDecoders } from '../decode/instance';
import { originPrivateSpill } from '../store/spill-file';
import { Store } from '../store/store';
import { Analysis } from './analysis';
import type { AnalysisWorkerApi } from './analysis-api';
import { way } from './give-way';
import { living } from './life';
import { PacketService } from './packet-service';

let module: WebAssembly.Module | null = null;
let ready: (analysis: Analysis) => void = () => undefined;
/** Questions that come before `prepare` wait for it. */
const analysis = new Promise<Analysis>((resolve) => { ready = resolve; });
let prepared = false;
let listener: (severity: 'info' | 'warning' | 'error', text: string) => void = () => undefined;
let digests: DigestExports | null = null;

function sha256(bytes: Uint8Array): string {
  if (!module) return '';
  const hasher = openSha256(digests ??= digestInstance(module));
  hasher?.update(bytes);
  return hasher?.hex() ?? '';
}

const own: Pick<AnalysisWorkerApi, 'prepare' | 'connect' | 'listen' | 'hold'> = {
  ...living,
  async prepare(compiled, quiet) {
    module = compiled;
    prepareDecoders(compiled);
    if (prepared) return '';
    prepared = true;
    const store = await Store.open({ fromFile: quiet, rest: () => way.leisure() });
    // A page from a file shares its storage with every other local page: nothing goes there unasked.
    const spill = quiet ? undefined : await originPrivateSpill();
    const made = new Analysis({
      store, packets: new PacketService(() => module), module: () => module, sha256, onNotice: (severity, text) => listener(severity, text), engine: `${__CAPSIFT_VERSION__}+${__ENGINE_SHA256__.slice(0, 12)}`, ...(spill ? { spill } : {}),
    });
    ready(made);
    return (await store.status()).message;
  },
  connect(port) {
    Comlink.expose(api, port);
    return Promise.resolve();
  },
  listen(notice) {
    listener = notice;
    return Promise.resolve();
  },
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
