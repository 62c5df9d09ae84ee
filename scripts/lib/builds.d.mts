/** Names that `build` takes. */
export const BUILD_NAMES: readonly string[];

/** Builds what is named, and what it needs, unless nothing of it changed. @throws Error with a sentence */
export function build(names: readonly string[]): Promise<void>;
