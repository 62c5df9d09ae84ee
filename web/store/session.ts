import type { Backend } from './backend';
import { MemoryBackend } from './backend';
import { openDatabase, StoreError } from './database';
import type { KeptFiles } from './kept-files';
import type { Result } from './types';

/** Said when the page was opened from a file and the user has not asked to keep anything. */
export const FILE_MESSAGE = 'This page was opened from a file, where every other local page could read what it keeps. Nothing is kept unless you turn keeping on.';

/** What the repositories share: where records lie now, and what is to be told about it. */
export class Session {
  /** A sentence for StoreStatus; '' when all is well. */
  message = '';
  /** What is kept outlives the page. */
  durable = false;
  files: KeptFiles | null = null;

  private constructor(public backend: Backend) {}

  /** Opens the database, or memory with a message when that cannot be. Never fails. */
  static async open(name: string, blockedMs?: number): Promise<Session> {
    const opened = await openDatabase(name, blockedMs);
    const session = new Session(opened.ok ? opened.backend : new MemoryBackend());
    session.durable = opened.ok;
    if (opened.ok) {
      opened.backend.onClosed = (message) => {
        session.durable = false;
        session.message = message;
      };
    } else {
      session.message = opened.message;
    }
    return session;
  }

  /** Nothing outlives the page. */
  static inMemory(message: string): Session {
    const session = new Session(new MemoryBackend());
    session.message = message;
    return session;
  }

  /** Runs a change; what goes wrong becomes a sentence that begins with what was not done. */
  async attempt<T>(undone: string, run: () => Promise<T>): Promise<Result<T>> {
    try {
      return { ok: true, value: await run() };
    } catch (error) {
      const text = `${undone}: ${reason(error)}`;
      if (error instanceof Error && error.name === 'QuotaExceededError') this.message = text;
      return { ok: false, error: text };
    }
  }

  /** Runs a read; `otherwise` when the store is gone (its message is in the status). */
  async read<T>(otherwise: T, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (error) {
      this.message = reason(error);
      return otherwise;
    }
  }
}

function reason(error: unknown): string {
  if (error instanceof StoreError) return error.message;
  const name = error instanceof Error ? error.name : '';
  if (name === 'QuotaExceededError') {
    return 'the browser\'s storage is full. What was kept before is still there; delete captures from the history, or turn off keeping logs, and try again.';
  }
  if (name === 'InvalidStateError' || name === 'TransactionInactiveError') return 'the store was closed. Reload the page and try again.';
  return `${error instanceof Error && error.message !== '' ? error.message : name || String(error)}.`;
}
