import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { prepareDecoders } from '../../web/decode/instance';
import { WRITTEN_LOGS } from '../../web/logs/fields';
import { ChunkBudget } from '../../web/logs/chunk-store';
import type { LogFormat } from '../arguments';
import { workBodies } from './body-worker';
import { buffersOf } from './lines';
import type { BodyWorkerSetting, FromWorker, ToWorker, WorkerSetting } from './messages';
import { CaptureShare } from './share';

/** Batches of lines that may be under way to the writing thread. */
const LINES_UNDER_WAY = 8;

/** What a worker does: the bodies, or a share, of each capture. */
export function work(): void {
  const port = parentPort;
  if (!port) throw new Error('This is no worker.');
  const setting = workerData as WorkerSetting | BodyWorkerSetting;
  if (setting.job === 'bodies') workBodies(port, setting);
  else workShare(port, setting);
}

/** A share of each capture, for the team. */
function workShare(port: MessagePort, { module, slots, columnBytes }: WorkerSetting): void {
  prepareDecoders(module);
  const budget = new ChunkBudget(columnBytes);
  const captures = new Map<number, CaptureShare>();
  const say = (message: FromWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  let room = LINES_UNDER_WAY;
  let more: (() => void) | null = null;

  const shareOf = (capture: number): CaptureShare => {
    const share = captures.get(capture);
    if (!share) throw new Error(`capture ${capture} was not begun`);
    return share;
  };
  const write = async (capture: number, format: LogFormat): Promise<void> => {
    for (const log of WRITTEN_LOGS) {
      for (const batch of shareOf(capture).lines(log, format)) {
        if (room === 0) await new Promise<void>((resolve) => { more = resolve; });
        room--;
        say({ type: 'lines', capture, log, batch }, buffersOf(batch));
      }
      say({ type: 'lines', capture, log, batch: null });
    }
  };
  const failed = (error: unknown): void => say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  const receive = (message: ToWorker): void => {
    const { capture } = message;
    switch (message.type) {
      case 'begin': captures.set(capture, new CaptureShare(module, budget, message.hashes, message.share)); break;
      case 'bytes': {
        const { slot, length } = message;
        const bytes = slots[slot];
        if (!bytes) throw new RangeError(`slot ${slot}`);
        shareOf(capture).give(new Uint8Array(bytes, 0, length), () => say({ type: 'taken', slot }));
        break;
      }
      case 'finish': shareOf(capture).finish().then((end) => say({ type: 'finished', capture, end }), failed); break;
      case 'strays': {
        const keys = shareOf(capture).strays();
        say({ type: 'strays', capture, keys }, [keys.buffer as ArrayBuffer]);
        break;
      }
      case 'met': say({ type: 'met', capture, met: shareOf(capture).met(message.keys) }); break;
      case 'write': write(capture, message.format).catch(failed); break;
      case 'more':
        room++;
        more?.();
        more = null;
        break;
      case 'drop':
        shareOf(capture).drop();
        captures.delete(capture);
        break;
    }
  };
  port.on('message', (message: ToWorker) => {
    try {
      receive(message);
    } catch (error) {
      failed(error);
    }
  });
}
