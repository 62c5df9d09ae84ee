// What the build puts in place of these names; see scripts/vite/.

/** Version of the package, for example `0.1.0`. */
declare const __CAPSIFT_VERSION__: string;
/** Lower-case SHA-256 of the engine.wasm that this build carries; empty in tests that run before the engine is compiled. */
declare const __ENGINE_SHA256__: string;
/** True in the build that is one HTML file: no files beside it, no service worker, a storage shared with other local files. */
declare const __SINGLE_FILE__: boolean;

declare module '*?bytes' {
  /** The file's bytes: fetched, from within the build, or read from disk in Node. A new copy each time. */
  const load: () => Promise<Uint8Array<ArrayBuffer>>;
  export default load;
}
