import { Decrypter, Encrypter, armor } from 'age-encryption';
import { MAX_BUNDLE_BYTES } from './limits';

/** scrypt's work factor (log2 of N) of age's own program. */
const WORK_FACTOR = 18;
const MAGIC = 'age-encryption.org/v1';
const ARMOR = '-----BEGIN AGE ENCRYPTED FILE-----';

/** True for the first bytes of an age file, binary or armored. */
export function isAge(bytes: Uint8Array): boolean {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart();
  return head.startsWith(MAGIC) || head.startsWith(ARMOR);
}

/** Encrypts with a passphrase as the age format says (age-encryption.org/v1, scrypt recipient). */
export async function encrypt(bytes: Uint8Array, passphrase: string, workFactor: number = WORK_FACTOR): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setScryptWorkFactor(workFactor);
  encrypter.setPassphrase(passphrase);
  return encrypter.encrypt(bytes);
}

/** Decrypts an age file. The error is a sentence for people; a wrong passphrase is one of its reasons. */
export async function decrypt(bytes: Uint8Array, passphrase: string): Promise<{ ok: true; value: Uint8Array } | { ok: false; error: string }> {
  if (bytes.length > MAX_BUNDLE_BYTES) return { ok: false, error: `This file is larger than ${MAX_BUNDLE_BYTES} bytes, the most that is decrypted.` };
  try {
    const head = new TextDecoder('latin1').decode(bytes.subarray(0, 64)).trimStart();
    const binary = head.startsWith(ARMOR) ? armor.decode(new TextDecoder().decode(bytes)) : bytes;
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    return { ok: true, value: await decrypter.decrypt(binary) };
  } catch {
    return { ok: false, error: 'This file could not be decrypted: the passphrase is not the one, or the file is damaged.' };
  }
}
