// What is known of a body while it comes, and what became of it.
import type { ContentDecoder } from './decode';
import type { BodyHash } from './hashing';

/** What became of one body. */
export interface BodyResult {
  /** Number of the body in the run (files column `body`). */
  readonly body: number;
  /** Zeek's name of the type; null when no rule fits or the first bytes are missing. */
  readonly mime_type: string | null;
  /**
   * Digests of the decoded content, lower-case hexadecimal. As in Zeek there are none when bytes are missing in between,
   * and there are for content that merely ends early: `complete` tells the two apart.
   */
  readonly md5: string | null;
  readonly sha1: string | null;
  readonly sha256: string | null;
  /** Bytes after decoding. */
  readonly seen_bytes: number;
  /** Bytes of the transfer that never came. */
  readonly missing_bytes: number;
  /** Why the body is incomplete or was not decoded, in words; null when whole. */
  readonly note: string | null;
  /** Nothing is missing and the content decoded to its end. */
  readonly complete: boolean;
}

/** How often each cap tripped. */
export interface TrippedCaps {
  decoded_bytes: number;
  ratio: number;
  open_bodies: number;
  open_decoders: number;
  digest_slots: number;
}

/** Most bodies have none. */
const NO_NOTES: string[] = [];

/** A body that has begun. */
export interface OpenBody {
  readonly body: number;
  decoder: ContentDecoder | null;
  /** Digests are wanted: until the first gap. */
  hashable: boolean;
  /** From the first byte of content on: what has none needs no hashing. */
  hash: BodyHash | null;
  /** The type is told, or never will be. */
  sniffed: boolean;
  mime: string | null;
  /** Memory of the decoder, in bytes. */
  held: number;
  encoded: number;
  seen: number;
  missing: number;
  notes: string[];
  /** Nothing more is decoded. */
  stopped: boolean;
  whole: boolean;
  /** A cap kept part of the content from being hashed. */
  capped: boolean;
}

/** A body of which nothing has come yet. */
export function openBody(body: number, hashable: boolean): OpenBody {
  return {
    body, decoder: null, hashable, hash: null, sniffed: false, mime: null,
    held: 0, encoded: 0, seen: 0, missing: 0, notes: NO_NOTES, stopped: false, whole: true, capped: false,
  };
}

/** Adds a sentence to what is said of the body; '' stands for how many bytes are missing, which is known at its end. */
export function note(state: OpenBody, text: string): void {
  if (state.notes === NO_NOTES) state.notes = [text];
  else state.notes.push(text);
}
