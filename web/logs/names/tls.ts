// TLS codes as Zeek's ssl.log names them (IANA "Transport Layer Security (TLS) Parameters").

const VERSIONS: Readonly<Record<number, string>> = {
  0x0002: 'SSLv2', 0x0300: 'SSLv3', 0x0301: 'TLSv10', 0x0302: 'TLSv11', 0x0303: 'TLSv12', 0x0304: 'TLSv13',
  0xfeff: 'DTLSv10', 0xfefd: 'DTLSv12', 0xfefc: 'DTLSv13',
};

/** version; drafts of TLS 1.3 are 0x7f00 + draft (RFC 8446's drafts §4.2.1.1). */
export function tlsVersionName(code: number): string {
  const name = VERSIONS[code];
  if (name !== undefined) return name;
  return code >> 8 === 0x7f ? `TLSv13-draft${code & 0xff}` : `unknown-${code}`;
}

const GROUPS = new Map<number, string>();
const run = (first: number, names: string): void => names.split(' ').forEach((name, i) => GROUPS.set(first + i, name));
run(1, 'sect163k1 sect163r1 sect163r2 sect193r1 sect193r2 sect233k1 sect233r1 sect239k1 sect283k1 sect283r1 sect409k1 sect409r1 sect571k1 sect571r1 secp160k1 secp160r1 secp160r2 secp192k1 secp192r1 secp224k1 secp224r1 secp256k1 secp256r1 secp384r1 secp521r1 brainpoolP256r1 brainpoolP384r1 brainpoolP512r1 x25519 x448 brainpoolP256r1tls13 brainpoolP384r1tls13 brainpoolP512r1tls13 GC256A GC256B GC256C GC256D GC512A GC512B GC512C curveSM2');
run(256, 'ffdhe2048 ffdhe3072 ffdhe4096 ffdhe6144 ffdhe8192');
run(512, 'MLKEM512 MLKEM768 MLKEM1024');
run(4587, 'SecP256r1MLKEM768 X25519MLKEM768 SecP384r1MLKEM1024 curveSM2MLKEM768');
run(16696, 'CECPQ2');
run(25497, 'X25519Kyber768Draft00 SecP256r1Kyber768Draft00');
run(0xff01, 'arbitrary_explicit_prime_curves arbitrary_explicit_char2_curves');
// RFC 8701: 0x0A0A, 0x1A1A, … 0xFAFA.
for (let i = 0; i < 16; i++) {
  const code = i * 0x1010 + 0x0a0a;
  GROUPS.set(code, `grease_0x${code.toString(16).toUpperCase().padStart(4, '0')}`);
}

/** curve: the named group of the key exchange. */
export function groupName(code: number): string {
  return GROUPS.get(code) ?? `unknown-${code}`;
}

/** Every group that has a name: code → name. */
export const GROUP_NAMES: ReadonlyMap<number, string> = GROUPS;

const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify', 10: 'unexpected_message', 20: 'bad_record_mac', 21: 'decryption_failed', 22: 'record_overflow',
  30: 'decompression_failure', 40: 'handshake_failure', 41: 'no_certificate', 42: 'bad_certificate',
  43: 'unsupported_certificate', 44: 'certificate_revoked', 45: 'certificate_expired', 46: 'certificate_unknown',
  47: 'illegal_parameter', 48: 'unknown_ca', 49: 'access_denied', 50: 'decode_error', 51: 'decrypt_error',
  60: 'export_restriction', 70: 'protocol_version', 71: 'insufficient_security', 80: 'internal_error',
  86: 'inappropriate_fallback', 90: 'user_canceled', 100: 'no_renegotiation', 110: 'unsupported_extension',
  111: 'certificate_unobtainable', 112: 'unrecognized_name', 113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value', 115: 'unknown_psk_identity', 116: 'certificate_required', 117: 'general_error',
  120: 'no_application_protocol', 121: 'ech_required',
};

/** last_alert. */
export function alertName(code: number): string {
  return ALERTS[code] ?? `unknown-${code}`;
}
