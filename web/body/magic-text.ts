// The text formats among Zeek's file types: markup, scripts, JSON, mail, plain text.
import type { Match } from './magic';

const BOM_UTF8 = '\xef\xbb\xbf';
const isSpace = (c: string): boolean => c === ' ' || c === '\t' || c === '\r' || c === '\n';

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charAt(at))) at++;
  return at;
}

/** Past white space and comments; with `declaration`, past one XML declaration among them too. */
function skipProlog(text: string, from: number, declaration: boolean): number {
  let at = from;
  let mayDeclare = declaration;
  for (;;) {
    at = skipSpace(text, at);
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      if (end < 0) return at;
      at = end + 3;
    } else if (mayDeclare && text.startsWith('<?xml ', at)) {
      const end = text.indexOf('?>', at + 6);
      if (end < 0) return at;
      at = end + 2;
      mayDeclare = false;
    } else return at;
  }
}

/** Where the root element begins, and what it is. */
const MARKUP: readonly { mime: string; strength: number; tag: RegExp }[] = [
  { mime: 'text/html', strength: 100, tag: /^<(!doctype +html|html|meta +http-equiv)/i },
  { mime: 'text/html', strength: 20, tag: /^<(head|html|title|body)/i },
  { mime: 'text/rss', strength: 90, tag: /^<rss/i },
  { mime: 'text/atom', strength: 100, tag: /^<(rss[^>]*xmlns:atom|feed[^>]*xmlns=["']?http:\/\/www.w3.org\/2005\/atom["']?)/i },
  { mime: 'application/soap+xml', strength: 49, tag: /^<soap(-env)?:envelope/i },
  { mime: 'text/x-cross-domain-policy', strength: 49, tag: /^<(!doctype +)?cross-domain-policy/i },
  { mime: 'application/xml-rpc', strength: 49, tag: /^<methodresponse>/i },
  { mime: 'application/f4m', strength: 49, tag: /^<manifest[\r\n \t]+xmlns="http:\/\/ns\.adobe\.com\/f4m\//i },
  { mime: 'magnus-internal/cold-fusion', strength: 20, tag: /^<(CFPARAM|CFSET|CFIF)/ },
];

/** What may stand before: white space, a byte order mark. */
const SPACE = '\r\n \t';
const LEAD = `${SPACE}\xef`;

interface Lead extends Match {
  /** Characters that a text may begin with for which it holds. */
  readonly first: string;
  readonly lead: RegExp;
}

/** Rules on the text as it begins. */
const LEADS: readonly Lead[] = [
  { mime: 'text/json', strength: 1, first: '{' + LEAD, lead: /^(\xef\xbb\xbf)?[\r\n \t]*\{[\r\n \t]*("[^"]+"|[a-zA-Z][a-zA-Z0-9\\_]*)[\r\n \t]*:[\r\n \t]*("|\[|\{|[0-9]|true|false)/ },
  { mime: 'text/json', strength: 1, first: '[' + LEAD, lead: /^(\xef\xbb\xbf)?[\r\n \t]*\[[\r\n \t]*(("[^"]+"|[0-9]+(\.[0-9]+)?|true|false)[\r\n \t]*,|\{|\[)/ },
  { mime: 'text/json', strength: 0, first: '[{' + LEAD, lead: /^(\xef\xbb\xbf)?[\r\n \t]*(\[\]|\{\})[\r\n \t]*$/ },
  { mime: 'text/ini', strength: 20, first: '[\0\xff\xfe' + LEAD, lead: /^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?[\0\r\n \t]*\[[^\r\n]+\][ \t\0]*[\r\n]/ },
  { mime: 'application/javascript', strength: 60, first: '<' + SPACE, lead: /^[\r\n \t]*<script[ \t]+(type|language)=['"]?(text\/)?javascript/i },
  { mime: 'application/javascript', strength: 60, first: 'f' + SPACE, lead: /^[\r\n \t]*for \(;;\);/ },
  { mime: 'application/javascript', strength: 60, first: 'd' + SPACE, lead: /^[\r\n \t]*document\.write(ln)?[ \t]?\(/ },
  { mime: 'application/javascript', strength: 60, first: '(', lead: /^\(function\(\)[ \t\n]*\{/ },
  { mime: 'application/javascript', strength: 60, first: '<' + SPACE, lead: /^[\r\n \t]*<script>[\r\n \t]*(var|function) / },
  { mime: 'text/x-msdos-batch', strength: 110, first: '@', lead: /^@ *echo +off/i },
  { mime: 'text/x-msdos-batch', strength: 60, first: '@', lead: /^@rem/i },
  { mime: 'text/x-msdos-batch', strength: 70, first: '@', lead: /^@set +/i },
  { mime: 'text/x-m4', strength: 40, first: 'd', lead: /^dnl / },
  { mime: 'text/calendar', strength: 180, first: 'B', lead: /^BEGIN:VCALENDAR/ },
  { mime: 'message/rfc822', strength: 170, first: 'R', lead: /^Relay-Version:/ },
  { mime: 'message/rfc822', strength: 160, first: 'dD', lead: /^delivered-to:/i },
  { mime: 'message/rfc822', strength: 150, first: 'rR', lead: /^return-path:/i },
  { mime: 'message/rfc822', strength: 120, first: 'R', lead: /^Received:/ },
  { mime: 'message/news', strength: 80, first: 'PX', lead: /^(Path|Xref):/ },
  { mime: 'application/pkcs7-signature', strength: 100, first: 'M', lead: /^MIME-Version:[^]*protocol="application\/pkcs7-signature"/ },
  { mime: 'application/sla', strength: 10, first: 's', lead: /^solid / },
];

/** Those that a text may fit, by its first byte. */
const BY_FIRST: readonly (readonly Lead[])[] = Array.from({ length: 256 }, (_, c) => LEADS.filter(({ first }) => first.includes(String.fromCharCode(c))));

/** `#!` lines: which interpreter is what. */
const INTERPRETERS: readonly (readonly [RegExp, string, number])[] = [
  [/^(ba|tc|c|z|fa|ae|k)?sh/, 'text/x-shellscript', 250],
  [/^perl/, 'text/x-perl', 60], [/^ruby/, 'text/x-ruby', 60], [/^python/, 'text/x-python', 60], [/^[gn]?awk/, 'text/x-awk', 60],
  [/^(wish|tcl)/, 'text/x-tcl', 60], [/^lua/, 'text/x-lua', 49], [/^node(js)?/, 'application/javascript', 60], [/^php/, 'text/x-php', 60],
];

const SHARP = 0x23;
const PLAIN = /^(\xef\xbb\xbf|(\0\0)?\xfe\xff|\xff\xfe(\0\0)?)?[\t-\r -~]{10}/;

/** `--- …\n+++ …\n@@` in this order anywhere, without trying every combination. */
function looksLikeDiff(text: string): boolean {
  let at = 0;
  for (const mark of ['--- ', '\n', '+++ ', '\n', '@@']) {
    const found = text.indexOf(mark, at);
    if (found < 0) return false;
    at = found + mark.length;
  }
  return true;
}

/** Adds every text rule that fits `text`, the first bytes as Latin-1. */
export function textMatches(text: string, matches: Match[]): void {
  const first = text.charCodeAt(0);
  for (const { mime, strength, lead } of BY_FIRST[first] ?? []) if (lead.test(text)) matches.push({ mime, strength });
  const start = text.startsWith(BOM_UTF8) ? 3 : 0;
  const prolog = skipProlog(text, start, false);
  if (text.startsWith('<?xml ', prolog)) matches.push({ mime: 'application/xml', strength: 10 });
  const root = skipProlog(text, start, true);
  if (text.charAt(root) === '<') {
    const element = text.slice(root);
    for (const { mime, strength, tag } of MARKUP) if (tag.test(element)) matches.push({ mime, strength });
  }
  const php = text.indexOf('<?php');
  if (php >= 0) matches.push({ mime: 'text/x-php', strength: 40 });
  if (looksLikeDiff(text)) matches.push({ mime: 'text/x-diff', strength: 55 });
  const shebang = first === SHARP ? /^#![^\n]{1,15}bin\/(?:env\s+)?(\S+)/.exec(text) : null;
  if (shebang) {
    for (const [name, mime, strength] of INTERPRETERS) if (name.test(shebang[1] ?? '')) matches.push({ mime, strength });
  }
  if (PLAIN.test(text)) matches.push({ mime: 'text/plain', strength: -20 });
}
