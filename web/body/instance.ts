import { bareInstance } from '../engine/bare';
import type { DigestExports } from './digest';

/** An instance of the engine's module that is used for its digests only. @throws TypeError when it has none */
export function digestInstance(module: WebAssembly.Module): DigestExports {
  return bareInstance(module, [
    'digestAllocate', 'digestFree', 'digestReset', 'digestInput', 'digestUpdate', 'digestFinish',
  ]) as unknown as DigestExports;
}
