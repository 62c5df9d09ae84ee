// One piece of memory for a value that is being put together; whoever fills it copies it on before anyone else may.

import { reserve } from "../../memory/arena";
import { MAX_LINE_BYTES } from "../../memory/limits";

/** Bytes of the scratch memory: a longest line and a little around it. */
export const SCRATCH_BYTES: u32 = MAX_LINE_BYTES + 256;

let at: usize = 0;

/** The scratch memory (SCRATCH_BYTES), 0 when there is none to be had. */
export function scratch(): usize {
  if (at == 0) at = reserve(SCRATCH_BYTES);
  return at;
}
