// How a chunk of rows lies in the engine's memory, and the types of its columns.
//
// A chunk holds up to CHUNK_ROWS rows of one log. Each column has Arrow's buffers
// (https://arrow.apache.org/docs/format/Columnar.html): a validity bitmap (bit r of byte r/8, least significant
// first, 1 = valid), for fixed widths the values, for `str` CHUNK_ROWS+1 i32 offsets and the bytes, for lists
// CHUNK_ROWS+1 i32 offsets into items, where the items are a str column (offsets, bytes) or i64 values.

/** Rows of one chunk at the most. */
export const CHUNK_ROWS: u32 = 4096;
/** Longest str value in bytes; a longer one is cut and counted (COUNTER_VALUES_CUT). Certificates are the longest. */
export const MAX_VALUE_BYTES: u32 = 65535;
/** Bytes of one str column of a chunk at the most; the chunk is handed over before a row might not fit. */
export const CHUNK_COLUMN_BYTES: u32 = 524288;
/** Items of one list column of a chunk at the most. */
export const CHUNK_LIST_ITEMS: u32 = 32768;
/** Items of one list value at the most; more are cut and counted. */
export const MAX_LIST_ITEMS: u32 = 2048;

export const TYPE_TIME: u32 = 1;
export const TYPE_INTERVAL: u32 = 2;
export const TYPE_U8: u32 = 3;
export const TYPE_U16: u32 = 4;
export const TYPE_U32: u32 = 5;
export const TYPE_U64: u32 = 6;
export const TYPE_BOOL: u32 = 7;
export const TYPE_ADDR: u32 = 8;
export const TYPE_MAC: u32 = 9;
export const TYPE_STR: u32 = 10;
export const TYPE_STRS: u32 = 11;
export const TYPE_INTERVALS: u32 = 12;

// The column descriptor that the host reads: DESCRIPTOR_BYTES a column, each field a u32.
export const DESCRIPTOR_BYTES: u32 = 32;
export const DESC_TYPE: u32 = 0;
/** Pointer to the validity bitmap. */
export const DESC_VALIDITY: u32 = 4;
/** Pointer to the values (fixed widths) or to the i32 offsets (str, lists). */
export const DESC_VALUES: u32 = 8;
/** str: pointer to the bytes. Lists: pointer to the items' values, or to the items' i32 offsets (strs). */
export const DESC_DATA: u32 = 12;
/** strs: pointer to the items' bytes. */
export const DESC_ITEM_DATA: u32 = 16;
/** str: bytes used. Lists: items used. */
export const DESC_USED: u32 = 20;
/** strs: bytes used by the items. */
export const DESC_ITEM_USED: u32 = 24;
/** Fixed width of a value in bytes; 0 for str and lists. */
export const DESC_WIDTH: u32 = 28;
/** Rows of one weird in a capture. */
export const MAX_WEIRD_ROWS: u32 = 50000;
