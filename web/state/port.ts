import type { AnalysisApi, CaseEvent, Result } from '../worker/api';

/** The questions of the analysis worker that views ask; runs are fed by the client, never by a view. */
export type Analysis = Omit<AnalysisApi, 'begin' | 'append' | 'counters' | 'finish' | 'setSha256' | 'close'>;

/** What the page needs of the worker client; `CaseClient` of web/worker/client.ts is one, tests bring another. */
export interface CasePort {
  readonly analysis: Analysis;
  /** Captures, and zips that hold them; resolves when their runs have ended. */
  open(files: readonly File[]): Promise<void>;
  /** Stops one capture's run, or all; what there is stays usable. */
  stop(capture?: number): void;
  /**
   * The person does something: a run under way leaves the processor to the page for a moment. With `milliseconds`: for so
   * long, because there is much to draw. Cheap to call often.
   */
  giveWay(milliseconds?: number): void;
  /** Answers a password event; null = leave the file out. */
  password(capture: number, password: string | null): void;
  /** Brings the packets of a capture back that was opened from the history. */
  attach(file: File): Promise<Result<void>>;
  /** Bytes of WASM memory and columns, as told by the workers. */
  memory(): number;
}

/** Makes a port that reports to the given listener. */
export type OpenPort = (onEvent: (event: CaseEvent) => void) => CasePort;
