/** The folder of the table that a path (from the project's root, forward slashes) lies in; '' for files above all of them. */
export function layerOf(path: string): string;

/** Why a file may not import another, in one sentence; null when it may. */
export function whyNot(from: string, to: string, typeOnly: boolean): string | null;
