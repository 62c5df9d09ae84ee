/**
 * The exports of an instance of the engine's module that reads no capture: what the module imports (the events that the
 * engine reports to its host) is answered with 0 and never called by what such an instance is for.
 * @param names functions that have to be there
 * @throws TypeError when they are not
 */
export function bareInstance(module: WebAssembly.Module, names: readonly string[]): WebAssembly.Exports {
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    if (kind !== 'function') throw new TypeError(`the engine imports ${from}.${name}, which is no function`);
    (imports[from] ??= {})[name] = () => 0;
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  for (const name of names) if (typeof exports[name] !== 'function') throw new TypeError(`the engine does not export ${name}`);
  return exports;
}
