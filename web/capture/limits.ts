// Every cap of reading captures; each is named in the sentence that is shown when it trips.

/** Bytes asked of a source at a time when it is read by ranges. */
export const SLICE_BYTES = 1024 * 1024;
/** Bytes of the buffer that a File is read into from start to end. */
export const BLOB_BUFFER_BYTES = 1024 * 1024;
/** How long a read into that buffer may take before the rest is read by slices. */
export const MAX_READ_MILLISECONDS = 3000;
/** Bytes of a File asked for at a time where it cannot be read into a buffer; the first slices are smaller. */
export const MAX_BLOB_SLICE_BYTES = 16 * 1024 * 1024;
/** Slices of a File under way at once. */
export const BLOB_SLICES_AHEAD = 2;
/** Decoded bytes of one file at the most: a compressed file that unpacks to more is cut there. */
export const MAX_DECODED_BYTES = 256 * 1024 ** 3;
/** Decoded bytes for one compressed byte at the most, looked at after RATIO_GRACE_BYTES. A real capture stays below 300. */
export const MAX_RATIO = 2000;
/** Decoded bytes before MAX_RATIO counts. */
export const RATIO_GRACE_BYTES = 1024 ** 3;
/** Entries of a zip that are looked at. */
export const MAX_ZIP_ENTRIES = 10_000;
/** A zip without random access (standard input) is held in memory up to this size. */
export const MAX_BUFFERED_ZIP_BYTES = 1024 ** 3;
/** Times a password is asked for one zip entry. */
export const MAX_PASSWORD_TRIES = 5;
/** Reading again: decoded bytes between two checkpoints of a decoder, at least. */
export const CHECKPOINT_BYTES = 4 * 1024 * 1024;
/** Reading again: memory for checkpoints at the most; when full, every second one is dropped. */
export const MAX_CHECKPOINT_BYTES = 64 * 1024 * 1024;
/** Reading again: decoded bytes kept for the next read. */
export const MAX_CACHED_BYTES = 32 * 1024 * 1024;
/** Reading again: bytes of one read at the most. */
export const MAX_READ_BYTES = 64 * 1024 * 1024;
