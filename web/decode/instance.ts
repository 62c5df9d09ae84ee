import { bareInstance } from '../engine/bare';
import { InflateSlots, type InflateExports } from './inflate-slots';

const NEEDED = ['crc32Input', 'inflateBegin', 'inflateInput', 'inflateResume', 'inflateRun', 'inflateSlot'];

let slots: InflateSlots | null = null;

/** Gives this thread's decoders their engine; once, before the first of them is pushed anything. Later calls do nothing. */
export function prepareDecoders(module: WebAssembly.Module): void {
  slots ??= new InflateSlots(bareInstance(module, NEEDED) as unknown as InflateExports);
}

/** The slots of this thread. @throws Error before `prepareDecoders` */
export function inflateSlots(): InflateSlots {
  if (!slots) throw new Error('the decoders of this thread have no engine yet');
  return slots;
}
