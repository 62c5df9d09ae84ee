/**
 * A file of the run's own for columns that memory has no room for. Synchronous, because whoever reads a row is: a
 * `FileSystemSyncAccessHandle` in a worker (web/store/spill-file.ts), a temporary file in Node (cli/spill.ts).
 */
export interface SpillFile {
  /** Writes all of `bytes` at a place; the file grows. @throws when the disk or the browser's storage is full */
  write(bytes: Uint8Array, at: number): void;
  /** Fills all of `into` from a place that was written. @throws when that cannot be read */
  read(into: Uint8Array, at: number): void;
  /** Ends the file and takes it away. */
  close(): void;
}

/** Bytes of columns that the page holds in memory, over all captures of the case; the rest lies in a spill file. */
export const PAGE_COLUMN_BYTES = 64 * 1024 * 1024;
/** The same for the command line. */
export const NODE_COLUMN_BYTES = 128 * 1024 * 1024;
