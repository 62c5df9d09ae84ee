/** What a dropped file is, as far as the page must know: bundles are merged, everything else goes to the engine. */
export type Intake = 'bundle' | 'capture';

const STIX_SIGNS = [/"type"\s*:\s*"bundle"/, /"spec_version"/];

/** Tells a bundle (STIX JSON, or age-encrypted) from a capture by its first bytes. */
export function intakeOf(name: string, head: Uint8Array): Intake {
  const text = new TextDecoder('latin1').decode(head);
  if (text.startsWith('age-encryption.org/v1') || text.startsWith('-----BEGIN AGE ENCRYPTED FILE-----')) return 'bundle';
  const start = text.replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '');
  if (!start.startsWith('{')) return 'capture';
  return /\.(?:json|stix|stix2)$/i.test(name) || STIX_SIGNS.some((sign) => sign.test(start)) ? 'bundle' : 'capture';
}

/** Bytes that `intakeOf` wants to see. */
export const INTAKE_BYTES = 1024;
