// Rows as lines of text: what the host lays down for assembly/text and what it gets back. Everything is little-endian u32.
//
// A program is one record of FIELD_BYTES a field, in the order of the line. A loaded chunk is one record of COLUMN_BYTES a
// column, followed by the chunk as web/engine/chunk.ts packs it. Rows are named by pairs (pointer to the loaded chunk, row
// in it). Texts of a dictionary are their length, then their bytes.

/** Lines of JSON: absent fields are left out. */
export const TEXT_JSON: u32 = 0;
/** Tab-separated values: absent fields are `-`. */
export const TEXT_TSV: u32 = 1;

export const FIELD_BYTES: u32 = 32;
/** FIELD_*_KIND, or the TYPE_* of the column (columns.ts). */
export const FIELD_KIND: u32 = 0;
/** Column that it is read from. */
export const FIELD_COLUMN: u32 = 4;
/** Pointer to the bytes before the value (separator, key), and how many there are. */
export const FIELD_PREFIX: u32 = 8;
export const FIELD_PREFIX_BYTES: u32 = 12;
/** Codes: pointer to FIELD_KEYS pointers to texts, 0 for a text that the host has not given yet. */
export const FIELD_TEXTS: u32 = 16;
export const FIELD_KEYS: u32 = 20;
/** Codes: column of the responder's port where the name depends on it (then the keys of NetBIOS follow the others), else NO_COLUMN. */
export const FIELD_PORT: u32 = 24;
export const NO_COLUMN: u32 = 0xffffffff;

/** The prefix is everything. */
export const KIND_LITERAL: u32 = 32;
/** A code of one, two or four bytes, written as its text. */
export const KIND_CODE8: u32 = 33;
export const KIND_CODE16: u32 = 34;
/** A code that the host put beside the chunk (TYPE_CODES); 0 = no value. */
export const KIND_CODE32: u32 = 35;

/** Column of u32 without a validity bitmap, which the host puts after a chunk's own columns. */
export const TYPE_CODES: u32 = 16;

export const COLUMN_BYTES: u32 = 32;
/** Pointer to the validity bitmap. */
export const COLUMN_VALIDITY: u32 = 0;
/** Pointer to the values (fixed widths) or to the i32 offsets (str, lists). */
export const COLUMN_VALUES: u32 = 4;
/** Lists: pointer to the items' values, or to the items' i32 offsets (strs). */
export const COLUMN_ITEMS: u32 = 8;
/** str, strs: pointer to the bytes, and how many there are. */
export const COLUMN_DATA: u32 = 12;
export const COLUMN_DATA_BYTES: u32 = 16;
/** Lists: how many items there are. */
export const COLUMN_ITEM_COUNT: u32 = 20;

/** The responder's port that makes a code one of NetBIOS's name service. */
export const NETBIOS_NS_PORT: u32 = 137;
/** Bytes after a chunk and after the output that may be read or overwritten by whole vectors. */
export const TEXT_SLACK: u32 = 64;
