interface Lock { readonly packages?: Readonly<Record<string, { readonly version?: string; readonly optional?: boolean; readonly devOptional?: boolean; readonly link?: boolean }>> }

/** Packages of the lock file that node_modules lacks or has in another version, as `name@version`. */
export function missingPackages(lock: Lock, installed: Lock | null): string[];

/** Installs the packages of package-lock.json when node_modules is missing or does not agree with it. */
export function ensureInstalled(): void;
