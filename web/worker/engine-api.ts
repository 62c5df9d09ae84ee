import type { CaptureLocator } from '../capture/open';
import type { Living } from './life';
import type { Result, RunProgress } from './api';

/** What a run asks of the page. */
export interface EngineHost {
  /** A capture begins (a file may hold several); answers its id in the case. */
  begin(name: string, size: number, locator: CaptureLocator): Promise<number>;
  progress(progress: RunProgress): void;
  /** An encrypted zip: null leaves it out. */
  password(name: string, wrong: boolean): Promise<string | null>;
  /** A sentence about the file as a whole. */
  problem(text: string): void;
  /** The capture's rows have all arrived at the analysis. */
  end(capture: number): void;
}

/** What the page may ask of the engine worker (engine.worker.ts). */
export interface EngineWorkerApi extends Living {
  /** Joins the worker to the body worker (ToBody, FromBody) and to the analysis worker (comlink, AnalysisApi). */
  connect(module: WebAssembly.Module, bodyPort: MessagePort, analysisPort: MessagePort): Promise<void>;
  /** Reads every capture of the file; resolves when all rows have arrived. */
  run(file: File, host: EngineHost): Promise<Result<void>>;
  /** Ends the run under way with what there is. */
  stop(): void;
  /** Bytes of the engine's memory; 0 when no run is under way. */
  memory(): number;
}
