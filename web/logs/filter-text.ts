// The typed filter.
//
//   filter   = or ; or = and { ("or" | "||") and } ; and = not { ["and" | "&&"] not }
//   not      = ("-" | "!" | "not") not | "(" or ")" | term
//   term     = field op value | word
//   op       = ":" | "=" | "==" | "!=" | ">" | "<" | ">=" | "<=" | "~" | "eq" "ne" "gt" "lt" "ge" "le" "contains" "matches"
//   value    = text without spaces, or "quoted text" (a backslash takes the next character as it is)
//
// Several terms must all hold. `:` and `=` compare whole values without case (`*` stands for any text; numbers also take
// lists and ranges: `port:80,443,8000-8100`; addresses take CIDR), `~` looks for a part. A word without a field is looked
// for in everything that a row shows. Fields are `host` (either side), `src`, `dst`, `port`, `proto`, `service`, `mac`, `uid`,
// `flow`, `pkt`, `capture`, `indicator`, any column (`id.resp_p`, `duration`) or a column of a log (`dns.query`); a row also
// fits when another log's row of the same flow has what the term asks for; `severity`, `kind`, `score` and `verdict` ask for
// flows of such indicators. Wireshark's commonest names mean the same here.

export type FilterOp = '=' | '>' | '<' | '>=' | '<=' | '~';

export interface Term {
  readonly kind: 'term';
  /** Null: a word that is looked for everywhere. */
  readonly field: string | null;
  readonly op: FilterOp;
  readonly value: string;
}

export type Filter =
  | { readonly kind: 'all' }
  | Term
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter };

export const ALL: Filter = { kind: 'all' };

/** Longest text that is parsed, and how deep parentheses may stand. */
export const MAX_FILTER_TEXT = 10_000;
const MAX_DEPTH = 50;

export interface ParsedFilter {
  readonly filter: Filter;
  /** A sentence when the text could not be understood; the filter is then ALL. */
  readonly problem: string | null;
}

/** Both hold; ALL is left out. */
export function both(...parts: readonly Filter[]): Filter {
  const real = parts.filter((part) => part.kind !== 'all');
  if (real.length === 0) return ALL;
  return real.length === 1 ? (real[0] as Filter) : { kind: 'and', parts: real };
}

const term = (field: string | null, op: FilterOp, value: string): Term => ({ kind: 'term', field, op, value });

/** Wireshark's display filter fields: ours, and the transport that the name implies. */
const WIRESHARK: Readonly<Record<string, readonly [string, string?]>> = {
  'ip.addr': ['host'], 'ipv6.addr': ['host'], 'ip.host': ['host'], 'ip.src': ['src'], 'ip.dst': ['dst'], 'ipv6.src': ['src'], 'ipv6.dst': ['dst'],
  'tcp.port': ['port', 'tcp'], 'udp.port': ['port', 'udp'], 'tcp.srcport': ['id.orig_p', 'tcp'], 'tcp.dstport': ['id.resp_p', 'tcp'],
  'udp.srcport': ['id.orig_p', 'udp'], 'udp.dstport': ['id.resp_p', 'udp'], 'eth.addr': ['mac'], 'eth.src': ['mac'], 'eth.dst': ['mac'],
  'ip.proto': ['ip_proto'], 'frame.number': ['pkt'], 'frame.len': ['packet.len'], 'vlan.id': ['vlan'],
  'dns.qry.name': ['dns.query'], 'dns.qry.type': ['dns.qtype'], 'dns.flags.rcode': ['dns.rcode'], 'dns.a': ['dns.answers'],
  'http.request.method': ['http.method'], 'http.request.uri': ['http.uri'], 'http.response.code': ['http.status_code'],
  'http.referer': ['http.referrer'], 'tls.handshake.extensions_server_name': ['ssl.server_name'],
  'tls.handshake.ja3': ['ssl.ja3'], 'tls.handshake.ja3s': ['ssl.ja3s'], 'tls.handshake.ja4': ['ssl.ja4'], communityid: ['community_id'],
};

/** Short names that people type. */
const SHORT: Readonly<Record<string, string>> = {
  ip: 'host', addr: 'host', address: 'host', orig: 'src', resp: 'dst', source: 'src', destination: 'dst', protocol: 'proto', packet: 'pkt',
  sni: 'ssl.server_name', domain: 'dns.query', query: 'dns.query', ua: 'http.user_agent', url: 'http.uri', sha256: 'files.sha256',
  md5: 'files.md5', sha1: 'files.sha1', state: 'conn_state', community: 'community_id', size: 'files.seen_bytes',
  severity: 'indicators.severity', kind: 'indicators.kind', score: 'indicators.score', verdict: 'indicators.verdict',
};

const WORD_OPS: Readonly<Record<string, string>> = { eq: '=', ne: '!=', gt: '>', lt: '<', ge: '>=', le: '<=', contains: '~', matches: '~' };
const SYMBOL = /^(==|!=|>=|<=|:|=|>|<|~)/;
const FIELD = /^[A-Za-z_][A-Za-z0-9_.-]*/;

type Token =
  | { readonly type: 'open' | 'close' | 'and' | 'or' | 'not' }
  | { readonly type: 'op'; readonly text: string }
  | { readonly type: 'word'; readonly text: string; readonly quoted: boolean };

class Problem extends Error {}

const MAC = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
/** Something with colons that is one value: an IPv6 address, a MAC, a URL, a Community ID. */
const isColonValue = (word: string): boolean =>
  MAC.test(word) || /^[a-z][a-z0-9+.-]*:\/\//i.test(word) || (/^[0-9a-f:.]+(\/\d+)?$/i.test(word) && (word.match(/:/g)?.length ?? 0) >= 2);

function tokens(text: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  const quotedText = (): string => {
    const start = at;
    let value = '';
    for (at++; at < text.length; at++) {
      const c = text[at] as string;
      if (c === '"') { at++; return value; }
      if (c === '\\' && at + 1 < text.length) { at++; value += text[at] as string; } else value += c;
    }
    throw new Problem(`The quotation mark at character ${start + 1} is never closed.`);
  };
  const bareText = (): string => {
    const start = at;
    while (at < text.length && !/[\s()"]/.test(text[at] as string)) at++;
    return text.slice(start, at);
  };
  while (at < text.length) {
    const c = text[at] as string;
    if (/\s/.test(c)) { at++; continue; }
    if (c === '(') { out.push({ type: 'open' }); at++; continue; }
    if (c === ')') { out.push({ type: 'close' }); at++; continue; }
    if (text.startsWith('&&', at)) { out.push({ type: 'and' }); at += 2; continue; }
    if (text.startsWith('||', at)) { out.push({ type: 'or' }); at += 2; continue; }
    if (c === '"') { out.push({ type: 'word', text: quotedText(), quoted: true }); continue; }
    const symbol = SYMBOL.exec(text.slice(at, at + 2))?.[0];
    if (symbol !== undefined) { out.push({ type: 'op', text: symbol }); at += symbol.length; continue; }
    if (c === '!' || (c === '-' && at + 1 < text.length && !/\s/.test(text[at + 1] as string))) { out.push({ type: 'not' }); at++; continue; }
    const start = at;
    const word = bareText();
    const field = FIELD.exec(word)?.[0];
    const op = field !== undefined && !isColonValue(word) ? SYMBOL.exec(word.slice(field.length))?.[0] : undefined;
    if (field !== undefined && op !== undefined) {
      out.push({ type: 'word', text: field, quoted: false }, { type: 'op', text: op });
      at = start + field.length + op.length;
      if (at < text.length && text[at] === '"') out.push({ type: 'word', text: quotedText(), quoted: true });
      else {
        const value = bareText();
        if (value !== '') out.push({ type: 'word', text: value, quoted: true });
      }
      continue;
    }
    const lower = word.toLowerCase();
    if (lower === 'and' || lower === 'or' || lower === 'not') out.push({ type: lower });
    else if (WORD_OPS[lower] !== undefined && out[out.length - 1]?.type === 'word') out.push({ type: 'op', text: WORD_OPS[lower] });
    else out.push({ type: 'word', text: word, quoted: false });
  }
  return out;
}

class Parser {
  private at = 0;
  constructor(private readonly list: readonly Token[]) {}

  parse(): Filter {
    if (this.list.length === 0) return ALL;
    const filter = this.or(0);
    if (this.at < this.list.length) throw new Problem('There is a closing parenthesis too many.');
    return filter;
  }

  private peek(): Token | undefined { return this.list[this.at]; }

  private or(depth: number): Filter {
    if (depth > MAX_DEPTH) throw new Problem('The parentheses are nested too deeply.');
    const parts = [this.and(depth)];
    while (this.peek()?.type === 'or') { this.at++; parts.push(this.and(depth)); }
    return parts.length === 1 ? (parts[0] as Filter) : { kind: 'or', parts };
  }

  private and(depth: number): Filter {
    const parts: Filter[] = [];
    for (;;) {
      const next = this.peek();
      if (!next || next.type === 'or' || next.type === 'close') break;
      if (next.type === 'and') { this.at++; continue; }
      parts.push(this.not(depth));
    }
    if (parts.length === 0) throw new Problem('Something is missing beside "or" or inside the parentheses.');
    return both(...parts);
  }

  private not(depth: number): Filter {
    if (depth > MAX_DEPTH) throw new Problem('The filter is nested too deeply.');
    const next = this.peek();
    if (!next) throw new Problem('Something is missing at the end.');
    this.at++;
    if (next.type === 'not') return { kind: 'not', part: this.not(depth + 1) };
    if (next.type === 'open') {
      const inner = this.or(depth + 1);
      if (this.peek()?.type !== 'close') throw new Problem('A closing parenthesis is missing.');
      this.at++;
      return inner;
    }
    if (next.type === 'op') throw new Problem(`A field is missing before "${next.text}".`);
    if (next.type !== 'word') throw new Problem('Something is missing there.');
    const op = this.peek();
    if (op?.type !== 'op' || next.quoted) return term(null, '~', next.text);
    this.at++;
    const value = this.peek();
    if (value?.type !== 'word') throw new Problem(`A value is missing after "${next.text}${op.text}".`);
    this.at++;
    return fieldTerm(next.text, op.text, value.text);
  }
}

function fieldTerm(name: string, op: string, value: string): Filter {
  const lower = name.toLowerCase();
  const [field, transport] = WIRESHARK[lower] ?? [SHORT[lower] ?? name];
  const negated = op === '!=';
  const comparison = op === ':' || op === '==' || op === '!=' ? '=' : (op as FilterOp);
  let filter: Filter = term(field, comparison, value);
  if (transport !== undefined) filter = both(term('proto', '=', transport), filter);
  return negated ? { kind: 'not', part: filter } : filter;
}

/** Parses a typed filter; never throws. An empty text is ALL. */
export function parseFilter(text: string): ParsedFilter {
  if (text.length > MAX_FILTER_TEXT) return { filter: ALL, problem: `The filter is longer than ${MAX_FILTER_TEXT} characters.` };
  try {
    return { filter: new Parser(tokens(text)).parse(), problem: null };
  } catch (error) {
    if (error instanceof Problem) return { filter: ALL, problem: error.message };
    throw error;
  }
}

/** Every term of a filter. */
export function termsOf(filter: Filter): Term[] {
  switch (filter.kind) {
    case 'all': return [];
    case 'term': return [filter];
    case 'not': return termsOf(filter.part);
    default: return filter.parts.flatMap(termsOf);
  }
}
