import * as Comlink from 'comlink';
import { digestInstance } from '../body/instance';
import { prepareDecoders } from '../decode/instance';
import type { AnalysisApi, Result } from './api';
import type { FromBody, ToBody } from './body-messages';
import { BodyService } from './body-service';
import { way } from './give-way';
import { shaBy } from './hash-line';
import { living, type Living } from './life';
import { openSha256, type DigestExports } from '../body/digest';
import { captureIdentities, captureSha256, type CaptureIdentity } from '../capture/identity';
import type { CaptureLocator } from '../capture/open';
import { fromBlob, type ByteSource, type Hasher } from '../capture/source';

/** What the page may ask of the body worker. */
export interface BodyWorkerApi extends Living {
  /**
   * Joins the worker to the engine worker (`port`: ToBody in, FromBody out), to the analysis worker (`analysisPort`:
   * comlink, AnalysisApi) and to the hash worker where there is one (`hashPort`: ToHash out, FromHash in). May be called
   * again after one of the others was replaced; what was under way is dropped.
   */
  connect(module: WebAssembly.Module, port: MessagePort, analysisPort: MessagePort, hashPort: MessagePort | null): Promise<Result<void>>;
  /** SHA-256 that names a capture (web/capture/identity.ts), read beside whatever else goes on; '' when it cannot be read. */
  sha256(module: WebAssembly.Module, file: Blob, name: string, locator: CaptureLocator): Promise<string>;
  /** Every capture of a file, with its hash and its place. */
  identities(module: WebAssembly.Module, file: Blob, name: string): Promise<CaptureIdentity[]>;
}

let current: MessagePort | null = null;
let digests: DigestExports | null = null;

/** @throws Error when every slot for digests is in use, which the caller takes for "cannot be read" */
function hasherOf(module: WebAssembly.Module): () => Hasher {
  return () => {
    const hasher = openSha256(digests ??= digestInstance(module));
    if (!hasher) throw new Error('too many hashes at once');
    return hasher;
  };
}

/** Everything that reads a capture may find it packed. */
function withDecoders<T>(module: WebAssembly.Module, read: () => T): T {
  prepareDecoders(module);
  return read();
}

/** A file that is read beside whatever the person does. */
function polite(source: ByteSource): ByteSource {
  return {
    ...source,
    async *stream() {
      for await (const bytes of source.stream()) {
        await way.leisure();
        yield bytes;
      }
    },
    slice: async (start, end) => {
      await way.leisure();
      return await source.slice?.(start, end) ?? new Uint8Array(0);
    },
  };
}

const api: BodyWorkerApi = {
  ...living,
  sha256: (module, file, name, locator) => withDecoders(module, () => captureSha256(polite(fromBlob(file, name)), locator, hasherOf(module))),
  identities: (module, file, name) => withDecoders(module, () => captureIdentities(polite(fromBlob(file, name)), hasherOf(module))),
  connect(module, port, analysisPort, hashPort) {
    try {
      current?.close();
      current = port;
      const analysis = Comlink.wrap<Pick<AnalysisApi, 'append'>>(analysisPort);
      const service = new BodyService(
        digestInstance(module),
        (capture, chunks) => analysis.append(capture, Comlink.transfer([...chunks], chunks.map((chunk) => chunk.buffer))),
        (message: FromBody, transfer) => port.postMessage(message, transfer),
        hashPort && shaBy(hashPort),
      );
      port.onmessage = (event: MessageEvent<ToBody>) => service.receive(event.data);
      return Promise.resolve({ ok: true, value: undefined });
    } catch (error) {
      return Promise.resolve({ ok: false, error: error instanceof Error ? error.message : String(error) });
    }
  },
};

Comlink.expose(api);
