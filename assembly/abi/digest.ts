// What the host must know of assembly/digest: bodies are gathered in pages of the module's memory and hashed many at once.

/** Bytes of a page, a multiple of the digests' blocks. */
export const DIGEST_PAGE_BYTES: u32 = 16384;
/** Slots at the most: bodies that are open, or ended and not closed. */
export const DIGEST_SLOTS: u32 = 16384;
/** Bytes of the input buffer of a running SHA-256: what one addition takes at the most. */
export const DIGEST_INPUT_BYTES: u32 = 65536;

// Where a slot's digests are in what `digestResult` points to.
export const DIGEST_MD5_AT: u32 = 0;
export const DIGEST_SHA1_AT: u32 = 16;
export const DIGEST_SHA256_AT: u32 = 36;
