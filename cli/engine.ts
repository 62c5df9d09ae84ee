import loadEngine from '../build/engine.wasm?bytes';

let compiled: Promise<WebAssembly.Module> | null = null;

/** The engine's module, compiled once. */
export function engineModule(): Promise<WebAssembly.Module> {
  return compiled ??= loadEngine().then((bytes) => WebAssembly.compile(bytes));
}
