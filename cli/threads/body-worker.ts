import type { MessagePort } from 'node:worker_threads';
import { digestInstance } from '../../web/body/instance';
import type { ToBody } from '../../web/worker/body-messages';
import { BodyService } from '../../web/worker/body-service';
import { nodeSha } from '../digests';
import type { BodyWorkerSetting, FromBodyWorker } from './messages';

/** The bodies of each capture, for the pipeline. */
export function workBodies(port: MessagePort, { module }: BodyWorkerSetting): void {
  const say = (message: FromBodyWorker, transfer: ArrayBuffer[] = []): void => port.postMessage(message, transfer);
  const service = new BodyService(
    digestInstance(module),
    (capture, chunks) => {
      say({ type: 'chunks', capture, chunks }, chunks.map(({ buffer }) => buffer));
      return Promise.resolve();
    },
    say, nodeSha, false, // this thread works for logs only
  );
  port.on('message', (message: ToBody) => service.receive(message));
}
