import * as Comlink from 'comlink';
import { digestInstance } from '../body/instance';
import type { AnalysisApi, Result } from './api';
import type { FromBody, ToBody } from './body-messages';
import { BodyService } from './body-service';
import { living, type Living } from './life';
import { HasherPool } from '../body/digest';
import { fromBlob } from '../capture/source';

/** What the page may ask of the body worker. */
export interface BodyWorkerApi extends Living {
  /**
   * Joins the worker to the engine worker (`port`: ToBody in, FromBody out) and to the analysis worker (`analysisPort`:
   * comlink, AnalysisApi). May be called again after one of the others was replaced; what was under way is dropped.
   */
  connect(module: WebAssembly.Module, port: MessagePort, analysisPort: MessagePort): Promise<Result<void>>;
  /** Lower-case SHA-256 of a file, read beside whatever else goes on; '' when it cannot be read. */
  sha256(module: WebAssembly.Module, file: Blob): Promise<string>;
}

let current: MessagePort | null = null;

const api: BodyWorkerApi = {
  ...living,
  async sha256(module, file) {
    const hasher = new HasherPool(digestInstance(module)).openSha256();
    if (!hasher) return '';
    try {
      for await (const bytes of fromBlob(file, '').stream()) hasher.update(bytes);
      return hasher.hex();
    } catch {
      return '';
    }
  },
  connect(module, port, analysisPort) {
    try {
      current?.close();
      current = port;
      const analysis = Comlink.wrap<Pick<AnalysisApi, 'append'>>(analysisPort);
      const service = new BodyService(
        digestInstance(module),
        (capture, chunks) => analysis.append(capture, Comlink.transfer([...chunks], chunks.map((chunk) => chunk.buffer))),
        (message: FromBody) => port.postMessage(message),
      );
      port.onmessage = (event: MessageEvent<ToBody>) => service.receive(event.data);
      return Promise.resolve({ ok: true, value: undefined });
    } catch (error) {
      return Promise.resolve({ ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  },
};

Comlink.expose(api);
