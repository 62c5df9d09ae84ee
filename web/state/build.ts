/** What this build is; the constants come from the build (web/build.d.ts). */
export const BUILD = {
  version: typeof __CAPSIFT_VERSION__ === 'string' ? __CAPSIFT_VERSION__ : '0.0.0',
  /** SHA-256 of the engine; empty when it is not known. */
  engine: typeof __ENGINE_SHA256__ === 'string' ? __ENGINE_SHA256__ : '',
  /** One HTML file, with nothing beside it. */
  single: typeof __SINGLE_FILE__ === 'boolean' ? __SINGLE_FILE__ : false,
} as const;
