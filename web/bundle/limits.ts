/** Largest bundle that is read, decrypted (bytes). */
export const MAX_BUNDLE_BYTES = 268_435_456;
/** Objects of one bundle that are looked at. */
export const MAX_BUNDLE_OBJECTS = 2_000_000;
/** Longest text kept of one foreign property (characters). */
export const MAX_BUNDLE_TEXT = 65_536;
/** Related keys and names kept of one indicator when bundles are merged. */
export const MAX_MERGED_LIST = 256;
