import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseUrl } from '../../../../web/indicators/normalise';
import { MAX_URL_LENGTH } from '../../../../web/indicators/limits';

/** What `normaliseUrl` promises, by the platform's parser alone. */
function reference(text: string): string | null {
  if (text.length > MAX_URL_LENGTH) return null;
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return null;
  }
  if (!/^(https?|ftp|wss?):$/.test(url.protocol) || url.hostname === '') return null;
  url.hash = '';
  url.username = '';
  url.password = '';
  if (url.hostname.endsWith('.') && url.hostname.length > 1) url.hostname = url.hostname.slice(0, -1);
  return url.href.length > MAX_URL_LENGTH ? null : url.href;
}

const piece = fc.constantFrom(
  'a', 'www', 'example', 'com', 'xn--', 'xn--bcher-kva', '1', '0x7f', '255', '256', '01', '-', '_', '--', 'B', 'ü', '.', '..', '/', '//', '/.', '/..', '/./', '%2e', '%2E', '%41', '?', '&', '=',
  '#', '@', ':', ':80', ':443', ':8080', ':0', ':65536', ' ', '\t', '\\', '"', '\'', '<', '`', '^', '|', '{', '~', '!', '$', ';', ',', '+', '*', '(', ')', '[::1]', '%', '%00', '\u0000', 'é', '．',
);
const host = fc.oneof(fc.stringMatching(/^[a-z0-9_.-]{1,30}$/), fc.stringMatching(/^[0-9.]{1,16}$/), fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('')));
const tail = fc.oneof(fc.stringMatching(/^[A-Za-z0-9._~!$&'()*+,;=:@/?%^|-]{0,40}$/), fc.array(piece, { maxLength: 10 }).map((parts) => parts.join('')));
const written = fc.tuple(fc.constantFrom('http://', 'https://', 'HTTP://', 'ftp://', 'ws://', 'http:/', ''), host, fc.constantFrom('', ':80', ':443', ':8080', ':1', ':99999', ':'), fc.constantFrom('/', '', '/'), tail)
  .map((parts) => parts.join(''));

describe('URLs that are taken as they are', () => {
  it('are those that the platform gives back as they are', () => {
    fc.assert(fc.property(written, (text) => { expect(normaliseUrl(text)).toBe(reference(text)); }), { numRuns: 20_000 });
  });
});
