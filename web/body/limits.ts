// Caps of the bodies of one capture: against decompression bombs and floods of bodies. When one trips, the body's note says
// so and `tripped` counts it.
/** Bytes that one body may decode to. Bodies without a content coding have no cap: they pass through. */
export const MAX_DECODED_BYTES = 256 * 1024 * 1024;
/** Decoded bytes per encoded byte, looked at once a body has decoded to RATIO_FREE_BYTES. */
export const MAX_DECODE_RATIO = 250;
export const RATIO_FREE_BYTES = 16 * 1024 * 1024;
/** Bodies open at once; one more ends the oldest as incomplete. */
export const MAX_OPEN_BODIES = 4096;
/** Bodies open at once that need a decoder; later ones are not decoded. */
export const MAX_OPEN_DECODERS = 2048;
/** Memory that their decoders hold together; a body that would make it more is not decoded further. */
export const MAX_DECODER_BYTES = 256 * 1024 * 1024;
