import {
  CAPTURE_DAMAGED, CAPTURE_FOREIGN, CAPTURE_NOT_A_CAPTURE, CAPTURE_PENDING, CAPTURE_TRUNCATED,
} from '../../assembly/abi/enums';
import { COUNTER_RESYNC_BYTES, COUNTER_RESYNCS } from '../../assembly/abi/counters';
import type { Engine } from './instance';

/** How reading a capture ended; `message` is one sentence or two for people, '' when all went well. */
export interface Outcome {
  readonly state: 'done' | 'stopped' | 'failed';
  readonly message: string;
  /** `pcap` or `pcapng`; '' when it is none. */
  readonly format: string;
}

const thousands = (n: number): string => n.toLocaleString('en-US');

/** What the status of `Engine.finish()` means for the file, in words. */
export function outcomeOf(engine: Engine, status: number): Outcome {
  const { format } = engine;
  switch (status) {
    case CAPTURE_NOT_A_CAPTURE:
    case CAPTURE_PENDING:
      return {
        state: 'failed', format: '',
        message: 'This file is not a packet capture: it begins like neither pcap nor pcapng. Open a .pcap or .pcapng file, or one compressed with gzip, zstd or zip.',
      };
    case CAPTURE_FOREIGN:
      return {
        state: 'failed', format: '',
        message: 'This capture is in a format that is not read here. Convert it with "editcap -F pcapng IN OUT" and open the result.',
      };
    case CAPTURE_TRUNCATED:
      return {
        state: 'done', format,
        message: engine.packets === 0
          ? 'This file ends before its first packet does.'
          : `This file ends in the middle of packet ${thousands(engine.packets + 1)}. Everything before it was analysed.`,
      };
    case CAPTURE_DAMAGED: {
      const counters = engine.counters();
      const places = Number(counters[COUNTER_RESYNCS] ?? 0n);
      const bytes = Number(counters[COUNTER_RESYNC_BYTES] ?? 0n);
      return {
        state: 'done', format,
        message: `This file is damaged in ${places === 1 ? 'one place' : `${thousands(places)} places`}: ${thousands(bytes)} bytes were skipped to find the next packet. Everything else was analysed.`,
      };
    }
    default:
      return { state: 'done', format, message: '' };
  }
}

/** A run that a person stopped. */
export function stoppedOutcome(engine: Engine): Outcome {
  return {
    state: 'stopped', format: engine.format,
    message: `Stopped after ${thousands(engine.packets)} packets. What was read until then is here; open the file again to read all of it.`,
  };
}
