import type { Microseconds } from '../indicators/types';

// What the store answers with; web/worker/api.ts hands these shapes on to the page.

export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** A capture of the history. */
export interface HistoryEntry {
  readonly sha256: string;
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly first_ts: Microseconds | null;
  readonly last_ts: Microseconds | null;
  readonly packets: number;
  readonly flows: number;
  readonly indicators: number;
  readonly analysed_at: Microseconds;
  readonly kept_capture: boolean;
  readonly kept_logs: boolean;
}

export interface StoreStatus {
  /** What is kept outlives the page. */
  readonly available: boolean;
  /** A sentence when it is not available, or not fully (private browsing, quota, blocked upgrade); '' otherwise. */
  readonly message: string;
  /** The browser promised not to clear it by itself. */
  readonly persisted: boolean;
  /** Bytes, as the browser estimates them; 0 when it does not say. */
  readonly used: number;
  readonly quota: number;
  /** Keep log columns (default on), keep the packets (default off). */
  readonly keep_logs: boolean;
  readonly keep_captures: boolean;
}

export interface Identity { readonly id: string; readonly name: string }

/** A file for the user. */
export interface Saved { readonly name: string; readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> }
