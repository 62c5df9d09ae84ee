import * as abi from '../../../assembly/abi/logs';
import type { HttpFacts } from '../facts/http';
import { MAX_URLS_PER_HOST, MAX_USER_AGENT_LENGTH } from '../limits';
import { classifyAddress, normaliseEmail, splitAuthority } from '../normalise';
import type { Extraction } from './capture';

const EMAIL_IN_TEXT = /[A-Za-z0-9.!#$&'*+/?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+/g;
/** Rows between two looks at the clock. */
const ROWS_A_STEP = 10_000;

/** The part of a URL up to its path; with `http://` in front. */
function originOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('://') + 3);
  return end < 0 ? url : url.slice(0, end);
}

/** Keeps URLs of one host from flooding the case, and knows of each what the extraction asks. */
class UrlReader {
  /** By raw URL: −1 = left out, else the normalised one; undefined = not met yet. */
  private readonly admitted: number[] = [];
  private readonly perHost = new Map<string, number>();
  private readonly entries: number[] = [];
  private readonly hosts: number[] = [];
  private readonly mails: (readonly string[] | undefined)[] = [];

  constructor(private readonly x: Extraction, private readonly http: HttpFacts) {}

  /** The normalised URL of a raw one, 0 when it is none or one too many. */
  read(raw: number): number {
    if (raw === 0) return 0;
    let url = this.admitted[raw];
    if (url === undefined) {
      const { urls } = this.http;
      url = urls.normalOf[raw]!;
      if (url !== 0) {
        const host = originOf(urls.normal[url]!);
        const count = (this.perHost.get(host) ?? 0) + 1;
        this.perHost.set(host, count);
        if (count > MAX_URLS_PER_HOST) {
          this.x.collector.trip('MAX_URLS_PER_HOST');
          url = 0;
        }
      }
      this.admitted[raw] = url;
    }
    return url;
  }

  entry(url: number): number {
    const known = this.entries[url];
    if (known !== undefined) return known;
    const entry = this.x.collector.entry('url', this.http.urls.normal[url]!);
    if (entry >= 0) this.entries[url] = entry;
    return entry;
  }

  /** Value of the URL's host (see Extraction.name). */
  host(url: number): number {
    return this.hosts[url] ??= nameOf(this.x, originOf(this.http.urls.normal[url]!).replace(/^[^:]*:\/\//, ''));
  }

  /** Email addresses in path and query. */
  emails(url: number): readonly string[] {
    return this.mails[url] ??= emailsIn(this.http.urls.normal[url]!);
  }
}

/** URLs, hosts, user agents, forwarded addresses, emails and accounts of HTTP requests and answers. */
export function* extractHttp(x: Extraction): Generator<void, void> {
  const { collector, facts: { http, pool, texts } } = x;
  const urls = new UrlReader(x, http);
  const connect = pool.internText('CONNECT');
  const hosts: number[] = [];
  const agents = new Map<number, number>();
  const mention = (raw: number, role: 'HTTP::IN_REFERRER_HEADER' | 'HTTP::IN_LOCATION_HEADER', ts: number, pkt: number, flow: number): void => {
    const url = urls.read(raw);
    if (url === 0) return;
    x.see(urls.entry(url), role, false, ts, pkt, flow);
    x.see(x.entryOf(urls.host(url)), role, false, ts, pkt, flow);
  };
  for (let r = 0; r < http.rows; r++) {
    if (r % ROWS_A_STEP === ROWS_A_STEP - 1) yield;
    const ts = http.ts[r]!;
    const pkt = http.pkt[r]!;
    const flow = http.flow[r]!;
    const isConnect = http.method[r] === connect;
    const host = isConnect ? nameOf(x, pool.text(http.uri[r]!)) : (hosts[http.authority[r]!] ??= nameOf(x, http.authorities[http.authority[r]!]!));
    const given = isConnect ? http.uri[r] !== 0 : http.host[r] !== 0;
    const hostEntry = given ? x.entryOf(host) : -1;
    x.see(hostEntry, 'HTTP::IN_HOST_HEADER', true, ts, pkt, flow);
    const url = isConnect ? 0 : urls.read(http.url[r]!);
    if (url !== 0) {
      const entry = urls.entry(url);
      x.see(entry, 'HTTP::IN_URL', true, ts, pkt, flow);
      if (host >= 0 && entry >= 0) {
        const { kind, value } = x.named(host);
        if (hostEntry >= 0) collector.relateEntries(entry, 'hosted-on', hostEntry);
        else collector.relate(entry, 'hosted-on', kind, value);
      }
      if (hostEntry >= 0) {
        if (entry >= 0) collector.relateEntries(hostEntry, 'hosts', entry);
        else collector.relate(hostEntry, 'hosts', 'url', http.urls.normal[url]!);
      }
      const written = urls.host(url);
      if (written >= 0 && host >= 0 && !x.same(written, host)) x.see(x.entryOf(written), 'HTTP::IN_URL', true, ts, pkt, flow);
      for (const value of urls.emails(url)) x.seeValue({ kind: 'email-addr', value }, 'HTTP::IN_URL', false, ts, pkt, flow);
    }
    mention(http.referrer[r]!, 'HTTP::IN_REFERRER_HEADER', ts, pkt, flow);
    mention(http.location[r]!, 'HTTP::IN_LOCATION_HEADER', ts, pkt, flow);
    const agent = texts.trimmed(http.agent[r]!);
    if (agent !== 0) {
      if (pool.lengthOf(agent) > MAX_USER_AGENT_LENGTH && pool.text(agent).length > MAX_USER_AGENT_LENGTH) collector.trip('MAX_USER_AGENT_LENGTH');
      else {
        let entry = agents.get(agent);
        if (entry === undefined) {
          entry = collector.entry('user-agent', pool.text(agent));
          if (entry >= 0) agents.set(agent, entry);
        }
        x.see(entry, 'HTTP::IN_USER_AGENT_HEADER', true, ts, pkt, flow);
      }
    }
    if (http.user[r] !== 0) {
      const user = pool.text(http.user[r]!);
      x.seeValue({ kind: 'user-account', value: user }, 'HTTP::IN_BASIC_AUTH', true, ts, pkt, flow);
      const email = normaliseEmail(user);
      if (email) x.seeValue({ kind: 'email-addr', value: email }, 'HTTP::IN_BASIC_AUTH', true, ts, pkt, flow);
    }
  }
  forwarded(x, http);
}

/** Addresses that proxies say they speak for. */
function forwarded(x: Extraction, http: HttpFacts): void {
  for (const r of http.proxied) {
    for (const proxied of http.table?.strs(r, abi.HTTP_PROXIED) ?? []) {
      // Zeek writes `X-FORWARDED-FOR -> 192.0.2.1, 192.0.2.2`.
      for (const part of proxied.slice(proxied.indexOf('->') + 1).split(/[\s,;>"=]+/)) {
        x.seeValue(classifyAddress(part), 'HTTP::IN_X_FORWARDED_FOR_HEADER', false, http.ts[r]!, http.pkt[r]!, http.flow[r]!);
      }
    }
  }
}

function nameOf(x: Extraction, authority: string): number {
  const { host } = splitAuthority(authority);
  return host === '' ? -1 : x.name(host);
}

function emailsIn(url: string): string[] {
  if (!url.includes('@') && !url.includes('%40')) return [];
  const query = url.slice(url.indexOf('/', url.indexOf('://') + 3)).replaceAll('%40', '@');
  const found: string[] = [];
  for (const match of query.match(EMAIL_IN_TEXT) ?? []) {
    const email = normaliseEmail(match.slice(match.lastIndexOf('/') + 1));
    if (email) found.push(email);
  }
  return found;
}
