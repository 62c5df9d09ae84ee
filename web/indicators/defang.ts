import type { IndicatorKind } from './types';

/**
 * A value as it can be shown and sent without becoming a link: `hxxp`, `[.]`, `[:]`, `[@]`. Only kinds that a program
 * might turn into a link are changed.
 */
export function defang(kind: IndicatorKind, value: string): string {
  switch (kind) {
    case 'url': {
      const match = /^([a-z]+):\/\/([^/?#]*)(.*)$/i.exec(value);
      if (!match) return value.replaceAll('.', '[.]');
      const [, scheme = '', authority = '', rest = ''] = match;
      return `${scheme.replace(/^http/i, 'hxxp').replace(/^ftp/i, 'fxp')}://${defangHost(authority)}${rest}`;
    }
    case 'domain-name': case 'ipv4-addr': return value.replaceAll('.', '[.]');
    case 'hostname': return value.replaceAll('.', '[.]');
    case 'ipv6-addr': return value.replace(':', '[:]');
    case 'email-addr': return value.replace('@', '[@]').replaceAll('.', '[.]');
    case 'user-account': return value.includes('@') ? defang('email-addr', value) : value;
    default: return value;
  }
}

function defangHost(authority: string): string {
  return authority.startsWith('[') ? authority : authority.replaceAll('.', '[.]');
}

const DOT = /\s?(?:\[\s?\.\s?\]|\(\s?\.\s?\)|\{\s?\.\s?\}|\[\s?dot\s?\]|\(\s?dot\s?\)|\{\s?dot\s?\}|<\s?dot\s?>|\\\.)\s?/gi;
const DOT_WORD = /(?<=[a-z0-9-])\s+dot\s+(?=[a-z0-9-])/gi;
const AT = /\s?(?:\[\s?(?:@|at)\s?\]|\(\s?(?:@|at)\s?\)|\{\s?(?:@|at)\s?\})\s?/gi;
const COLON = /\[\s?:\s?\]|\(:\)/g;
const SCHEME_SEPARATOR = /\[:\/\/\]|\[:\]\/\/|:\\\/\\\/|:\[\/\/\]|:\[\/\]\[\/\]|\(:\/\/\)/g;
const SLASH = /\[\/\]/g;
const SCHEME = /\b(h(?:xx|tx|xt|__|\*\*)p(s?)|hxxps?|meow(s?)|fxp)(?=:\/\/|:\\)/gi;

/** Text with the field's habits of defanging undone: `hxxp`, `[.]`, `(dot)`, `[at]`, `[:]`, `[://]` and the like. */
export function refang(text: string): string {
  return text
    .replace(SCHEME_SEPARATOR, '://').replace(SLASH, '/').replace(COLON, ':')
    .replace(DOT, '.').replace(DOT_WORD, '.').replace(AT, '@')
    .replace(SCHEME, (scheme: string) => (scheme.toLowerCase().startsWith('fxp') ? 'ftp' : scheme.toLowerCase().endsWith('s') ? 'https' : 'http'));
}
