import * as abi from '../../../assembly/abi/logs';
import { requestAuthority, requestUrl } from '../../logs/http-url';
import { MAX_URLS_PER_HOST, MAX_USER_AGENT_LENGTH } from '../limits';
import { classifyAddress, keyOf, normaliseEmail, normaliseUrl, splitAuthority, type Normalised } from '../normalise';
import type { Extraction } from './capture';

const EMAIL_IN_TEXT = /[A-Za-z0-9.!#$&'*+/?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;

/** Keeps URLs of one host from flooding the case. */
class UrlReader {
  private readonly cache = new Map<string, string | null>();
  private readonly perHost = new Map<string, number>();

  constructor(private readonly x: Extraction) {}

  read(text: string): string | null {
    let url = this.cache.get(text);
    if (url !== undefined) return url;
    url = text === '' ? null : normaliseUrl(text);
    if (url !== null) {
      const host = url.slice(0, url.indexOf('/', url.indexOf('://') + 3));
      const count = (this.perHost.get(host) ?? 0) + 1;
      this.perHost.set(host, count);
      if (count > MAX_URLS_PER_HOST) {
        this.x.collector.trip('MAX_URLS_PER_HOST');
        url = null;
      }
    }
    this.cache.set(text, url);
    return url;
  }
}

/** URLs, hosts, user agents, forwarded addresses, emails and accounts of HTTP requests and answers. */
export function extractHttp(x: Extraction): void {
  const http = x.tables.get('http');
  if (!http) return;
  const urls = new UrlReader(x);
  for (let r = 0; r < http.rows; r++) {
    const ts = http.num(r, abi.COL_TS);
    const pkt = http.num(r, abi.COL_PKT);
    const flow = http.num(r, abi.COL_FLOW);
    const uri = http.str(r, abi.HTTP_URI);
    const connect = http.str(r, abi.HTTP_METHOD) === 'CONNECT';
    const host = nameOf(x, connect ? uri : requestAuthority(http, r));
    const hostGiven = connect ? uri !== '' : !http.isNull(r, abi.HTTP_HOST) && http.bytes(r, abi.HTTP_HOST).length > 0;
    const hostEntry = hostGiven ? x.see(host, 'HTTP::IN_HOST_HEADER', true, ts, pkt, flow) : null;
    const url = connect ? null : urls.read(requestUrl(http, r));
    if (url !== null) {
      const entry = x.see({ kind: 'url', value: url }, 'HTTP::IN_URL', true, ts, pkt, flow);
      if (host) entry?.relate('hosted-on', keyOf(host.kind, host.value));
      hostEntry?.relate('hosts', keyOf('url', url));
      const written = hostOfUrl(x, url);
      if (written && host && (written.kind !== host.kind || written.value !== host.value)) x.see(written, 'HTTP::IN_URL', true, ts, pkt, flow);
      if (url.includes('@') || url.includes('%40')) emails(x, url, ts, pkt, flow);
    }
    mention(x, urls, http.str(r, abi.HTTP_REFERRER), 'HTTP::IN_REFERRER_HEADER', ts, pkt, flow);
    mention(x, urls, http.str(r, abi.HTTP_LOCATION), 'HTTP::IN_LOCATION_HEADER', ts, pkt, flow);
    const agent = http.str(r, abi.HTTP_USER_AGENT).trim();
    if (agent !== '') {
      if (agent.length > MAX_USER_AGENT_LENGTH) x.collector.trip('MAX_USER_AGENT_LENGTH');
      else x.see({ kind: 'user-agent', value: agent }, 'HTTP::IN_USER_AGENT_HEADER', true, ts, pkt, flow);
    }
    const user = http.str(r, abi.HTTP_USERNAME);
    if (user !== '') {
      x.see({ kind: 'user-account', value: user }, 'HTTP::IN_BASIC_AUTH', true, ts, pkt, flow);
      const email = normaliseEmail(user);
      if (email) x.see({ kind: 'email-addr', value: email }, 'HTTP::IN_BASIC_AUTH', true, ts, pkt, flow);
    }
    for (const proxied of http.strs(r, abi.HTTP_PROXIED)) {
      // Zeek writes `X-FORWARDED-FOR -> 192.0.2.1, 192.0.2.2`.
      for (const part of proxied.slice(proxied.indexOf('->') + 1).split(/[\s,;>"=]+/)) {
        x.see(classifyAddress(part), 'HTTP::IN_X_FORWARDED_FOR_HEADER', false, ts, pkt, flow);
      }
    }
  }
}

function nameOf(x: Extraction, authority: string): Normalised | null {
  const { host } = splitAuthority(authority);
  return host === '' ? null : x.name(host);
}

function hostOfUrl(x: Extraction, url: string): Normalised | null {
  const from = url.indexOf('://') + 3;
  const end = url.indexOf('/', from);
  return nameOf(x, url.slice(from, end < 0 ? undefined : end));
}

function mention(x: Extraction, urls: UrlReader, text: string, role: 'HTTP::IN_REFERRER_HEADER' | 'HTTP::IN_LOCATION_HEADER', ts: number, pkt: number, flow: number): void {
  if (!/^https?:\/\//i.test(text)) return;
  const url = urls.read(text);
  if (url === null) return;
  x.see({ kind: 'url', value: url }, role, false, ts, pkt, flow);
  x.see(hostOfUrl(x, url), role, false, ts, pkt, flow);
}

function emails(x: Extraction, url: string, ts: number, pkt: number, flow: number): void {
  const query = url.slice(url.indexOf('/', url.indexOf('://') + 3)).replaceAll('%40', '@');
  for (const match of query.match(EMAIL_IN_TEXT) ?? []) {
    const email = normaliseEmail(match.slice(match.lastIndexOf('/') + 1));
    if (email) x.see({ kind: 'email-addr', value: email }, 'HTTP::IN_URL', false, ts, pkt, flow);
  }
}
