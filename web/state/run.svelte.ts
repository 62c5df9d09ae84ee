import type { CaptureInfo, CaseEvent, RunProgress } from '../worker/api';
import { statusWords, totals, type DoneFigures } from './status';

export interface Notice {
  readonly id: number;
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}

export interface PasswordAsk {
  readonly capture: number;
  readonly name: string;
  readonly wrong: boolean;
}

/** Longest list of notices; older ones give way. */
const MAX_NOTICES = 5;

/** What the workers tell: captures, progress, notices, questions. */
export class RunState {
  captures = $state.raw<readonly CaptureInfo[]>([]);
  progress = $state.raw<Readonly<Record<number, RunProgress>>>({});
  /** Grows whenever the tables grew. */
  version = $state(0);
  notices = $state.raw<readonly Notice[]>([]);
  passwords = $state.raw<readonly PasswordAsk[]>([]);
  /** Figures of the whole case once every run has ended. */
  done = $state.raw<DoneFigures | null>(null);
  private notice = 0;

  /** Files that are being read or wait for their turn. */
  queue = $state.raw<readonly string[]>([]);

  /** Stop was pressed and what was read is being handed over. */
  stopping = $state(false);

  readonly running = $derived(this.queue.length > 0 || this.captures.some((capture) => capture.state === 'running'));
  readonly totals = $derived(totals(this.captures, this.progress));
  /** Names of files that were just given and are not captures yet. */
  opening = $state('');
  readonly status = $derived(this.opening ? `Opening ${this.opening}` : statusWords(this.captures, this.progress, this.done, this.queue, this.stopping && this.running));

  take(event: CaseEvent): void {
    switch (event.type) {
      case 'captures': {
        this.captures = event.captures;
        this.opening = '';
        if (this.running) this.done = null;
        else this.stopping = false;
        break;
      }
      case 'progress':
        this.progress = { ...this.progress, [event.progress.capture]: event.progress };
        break;
      case 'queue':
        this.queue = event.names;
        if (this.running) this.done = null;
        else this.stopping = false;
        break;
      case 'changed':
        this.version = Math.max(this.version + 1, event.version);
        break;
      case 'password':
        this.passwords = [
          ...this.passwords.filter((ask) => ask.capture !== event.capture),
          { capture: event.capture, name: event.name, wrong: event.wrong },
        ];
        break;
      case 'notice':
        this.tell(event.severity, event.text);
        break;
    }
  }

  /** A sentence for the person, until dismissed. The same sentence is not said twice at once. */
  tell(severity: Notice['severity'], text: string): void {
    if (!text) return;
    const others = this.notices.filter((notice) => notice.text !== text);
    this.notices = [...others, { id: ++this.notice, severity, text }].slice(-MAX_NOTICES);
  }

  dismiss(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }

  answered(capture: number): void {
    this.passwords = this.passwords.filter((ask) => ask.capture !== capture);
  }
}
