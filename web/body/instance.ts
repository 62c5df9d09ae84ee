import { prepareDecoders } from '../decode/instance';
import { bareInstance } from '../engine/bare';
import type { DigestExports } from './digest';

/** An instance of the engine's module for its digests; this thread's decoders get theirs with it. @throws TypeError when it has none */
export function digestInstance(module: WebAssembly.Module): DigestExports {
  prepareDecoders(module);
  return bareInstance(module, [
    'digestOpen', 'digestPage', 'digestNextPage', 'digestQueue', 'digestEnd', 'digestWork', 'digestDone', 'digestResult', 'digestClose',
    'digestInput', 'sha256Open', 'sha256Add', 'sha256Close',
  ]) as unknown as DigestExports;
}
