import type { CaptureLocator } from '../capture/open';
import type { AnalysisApi, Result } from './api';
import type { Living } from './life';

/** What the page may ask of the analysis worker beyond the views' questions. */
export interface AnalysisWorkerApi extends AnalysisApi, Living {
  /**
   * Gives the worker the compiled engine (to read packets again) and opens the store; with `quiet` nothing is kept unless
   * asked for (single file). Answers a sentence when the store is not available, else ''.
   */
  prepare(module: WebAssembly.Module, quiet: boolean): Promise<string>;
  /** Serves the same API on another port, for the engine and body workers. */
  connect(port: MessagePort): Promise<void>;
  /** Reattaches the packets of a capture of that hash. */
  attach(file: Blob, sha256: string, locator?: CaptureLocator): Promise<Result<void>>;
  /** Tells sentences that no question asked for. */
  listen(notice: (severity: 'info' | 'warning' | 'error', text: string) => void): Promise<void>;
  /** A number for the next capture of the case. */
  newCapture(): Promise<number>;
  /** Resolves when the indicators are those of all rows, or a run goes on. */
  settled(): Promise<void>;
  /** Grows with everything that changes what views show. */
  version(): Promise<number>;
  /** Bytes held in columns. */
  memory(): Promise<number>;
}
