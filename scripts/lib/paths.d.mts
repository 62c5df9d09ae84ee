/** Absolute path of the project's folder. */
export const ROOT: string;

/** Absolute path of something in the project. */
export function at(...parts: readonly string[]): string;
