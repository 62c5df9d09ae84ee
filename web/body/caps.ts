import type { TrippedCaps } from './body-state';

const WORDS: Readonly<Record<keyof TrippedCaps, string>> = {
  decoded_bytes: 'decoded bytes of one body', ratio: 'ratio of decoded to encoded bytes of a body (decompression bomb)',
  open_bodies: 'bodies open at once', open_decoders: 'decoders open at once', digest_slots: 'bodies hashed at once',
};

/** Caps on bodies that tripped, in words, with how often. */
export function bodyCaps(tripped: TrippedCaps | null): { name: string; times: number }[] {
  return (Object.keys(WORDS) as (keyof TrippedCaps)[])
    .map((cap) => ({ name: WORDS[cap], times: tripped?.[cap] ?? 0 })).filter(({ times }) => times > 0);
}
