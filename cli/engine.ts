import loadEngine from '../build/engine.wasm?bytes';
import { prepareDecoders } from '../web/decode/instance';

let compiled: Promise<WebAssembly.Module> | null = null;

/** The engine, compiled once; the decoders of this thread are ready then. */
export function engineModule(): Promise<WebAssembly.Module> {
  compiled ??= loadEngine().then((bytes) => WebAssembly.compile(bytes)).then((module) => {
    prepareDecoders(module);
    return module;
  });
  return compiled;
}
