import type { DigestExports } from './digest';

/**
 * An instance of the engine's module that is used for its digests only: what the module imports (the events that the
 * engine reports to its host) is answered with 0 and never called by a digest.
 */
export function digestInstance(module: WebAssembly.Module): DigestExports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new TypeError(`the engine imports ${from}.${name}, which is no function`);
    (imports[from] ??= {})[name] = () => 0;
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  for (const name of ['digestAllocate', 'digestFree', 'digestReset', 'digestInput', 'digestUpdate', 'digestFinish']) {
    if (typeof exports[name] !== 'function') throw new TypeError(`the engine does not export ${name}`);
  }
  return exports as unknown as DigestExports;
}
