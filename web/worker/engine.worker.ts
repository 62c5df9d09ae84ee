import * as Comlink from 'comlink';
import { prepareDecoders } from '../decode/instance';
import type { AnalysisApi, Result } from './api';
import type { FromBody, ToBody } from './body-messages';
import type { EngineHost, EngineWorkerApi } from './engine-api';
import { FileRun, type RunPorts } from './engine-run';
import { living } from './life';

let module: WebAssembly.Module | null = null;
let ports: RunPorts | null = null;
let current: FileRun | null = null;

const api: EngineWorkerApi = {
  ...living,
  connect(compiled, bodyPort, analysisPort) {
    module = compiled;
    prepareDecoders(compiled);
    const analysis = Comlink.wrap<AnalysisApi>(analysisPort);
    const listeners = new Set<(message: FromBody) => void>();
    bodyPort.onmessage = (event: MessageEvent<FromBody>) => listeners.forEach((listener) => listener(event.data));
    ports = {
      analysis: {
        append: (capture, chunks) => analysis.append(capture, Comlink.transfer([...chunks], chunks.map((chunk) => chunk.buffer))),
        counters: (capture, counters, links) => analysis.counters(capture, counters, links),
        finish: (capture, outcome) => analysis.finish(capture, outcome),
      },
      toBody: (message: ToBody, transfer) => bodyPort.postMessage(message, transfer),
      onBody: (listener) => {
        listeners.add(listener);
        return () => { listeners.delete(listener); };
      },
    };
    return Promise.resolve();
  },
  async run(file: File, host: EngineHost): Promise<Result<void>> {
    if (!module || !ports) return { ok: false, error: 'The engine is not ready. Reload the page.' };
    const run = new FileRun(module, ports, host);
    current = run;
    try {
      await run.run(file);
      return { ok: true, value: undefined };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    } finally {
      current = null;
    }
  },
  stop: () => current?.stop(),
  memory: () => current?.memory ?? 0,
};

Comlink.expose(api);
