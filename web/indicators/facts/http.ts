import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { grown, PairNumbers } from '../../logs/growing';
import { authorityOf, urlOf } from '../../logs/http-url';
import { RowFacts, TextLists, withHalves, withTexts } from './rows';
import { Urls } from './urls';

/** The http log: texts as numbers, each URL worked out once. */
export class HttpFacts extends RowFacts {
  method = new Uint32Array(0);
  host = new Uint32Array(0);
  uri = new Uint32Array(0);
  agent = new Uint32Array(0);
  user = new Uint32Array(0);
  respPort = new Uint16Array(0);
  /** Numbers of the address book. */
  orig = new Int32Array(0);
  resp = new Int32Array(0);
  /** Raw URLs: what was asked for, the Referer and the Location headers where they are http(s). */
  url = new Uint32Array(0);
  referrer = new Uint32Array(0);
  location = new Uint32Array(0);
  /** Number of the request's authority, see `authorities`. */
  authority = new Uint32Array(0);
  readonly authorities: string[] = [];
  /** Ids of files that came with answers. */
  readonly fuids = new TextLists();
  /** Rows whose `proxied` has something in it. */
  readonly proxied: number[] = [];
  readonly urls = new Urls();
  /** Row of the answer that carried a file, by the number of the file's id; −1 = none. */
  private carriers = new Int32Array(0);
  /** Authority by (text of Host and 0, or 0 and address + 1) and port. */
  private readonly byPlace = new PairNumbers();
  private readonly numbers = new Map<string, number>();
  private readonly placeAuthority: number[] = [];
  private readonly targets = new PairNumbers();
  private readonly targetUrl: number[] = [];
  private readonly ofText = new Map<number, number>();

  protected take(chunk: LogChunk, at: number, end: number): void {
    const { rows } = chunk;
    const column = (index: number): LogChunk['columns'][number] => chunk.columns[index]!;
    const { pool, book } = this.texts;
    const read = (into: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> => withTexts(into, pool, column(index), rows, at);
    this.method = read(this.method, abi.HTTP_METHOD);
    this.host = read(this.host, abi.HTTP_HOST);
    this.uri = read(this.uri, abi.HTTP_URI);
    this.agent = read(this.agent, abi.HTTP_USER_AGENT);
    this.user = read(this.user, abi.HTTP_USERNAME);
    this.respPort = withHalves(this.respPort, column(abi.COL_RESP_P), rows, at);
    this.orig = grown(this.orig, end);
    this.resp = grown(this.resp, end);
    this.url = grown(this.url, end);
    this.authority = grown(this.authority, end);
    const [orig, resp, sent] = [column(abi.COL_ORIG_H).values, column(abi.COL_RESP_H).values, column(abi.HTTP_URI_RAW)];
    const connect = pool.internText('CONNECT');
    const proxied = column(abi.HTTP_PROXIED).offsets;
    for (let r = 0; r < rows; r++) {
      const row = at + r;
      this.orig[row] = book.intern(orig, r * 16);
      this.resp[row] = book.intern(resp, r * 16);
      if (proxied[r] !== proxied[r + 1]) this.proxied.push(row);
      this.authority[row] = this.authorityAt(row);
      // The target as it was sent: with its escapes undone, a `%23` would cut the URL short.
      const target = pool.intern(sent.data, sent.offsets[r]!, sent.offsets[r + 1]!) || this.uri[row]!;
      this.url[row] = this.method[row] === connect || target === 0 ? 0 : this.urlAt(row, target);
    }
    this.referrer = grown(this.referrer, end);
    this.location = grown(this.location, end);
    this.mentions(column(abi.HTTP_REFERRER), rows, this.referrer, at);
    this.mentions(column(abi.HTTP_LOCATION), rows, this.location, at);
    this.fuids.take(pool, column(abi.HTTP_RESP_FUIDS), rows, at);
    for (let row = at; row < end; row++) {
      for (let i = this.fuids.from(row); i < this.fuids.to(row); i++) {
        const fuid = this.fuids.ids[i]!;
        this.carriers = grown(this.carriers.length === 0 ? new Int32Array(1024).fill(-1) : this.carriers, fuid + 1, -1);
        this.carriers[fuid] = row;
      }
    }
  }

  /** Row that carried the file of that id to the client; −1 when none did. */
  carrier(fuid: number): number {
    return this.carriers[fuid] ?? -1;
  }

  private authorityAt(row: number): number {
    const host = this.host[row]!;
    const port = this.respPort[row]!;
    // Texts have even, addresses odd numbers here.
    const place = this.byPlace.of(host !== 0 ? host * 2 : this.resp[row]! * 2 + 1, port);
    let authority = this.placeAuthority[place];
    if (authority === undefined) {
      const text = authorityOf(this.texts.pool.text(host), port, () => this.texts.book.bytes(this.resp[row]!));
      authority = this.numbers.get(text);
      if (authority === undefined) {
        authority = this.authorities.length;
        this.numbers.set(text, authority);
        this.authorities.push(text);
      }
      this.placeAuthority[place] = authority;
    }
    return authority;
  }

  private urlAt(row: number, target: number): number {
    const authority = this.authority[row]!;
    const pair = this.targets.of(authority, target);
    return this.targetUrl[pair] ??= this.urls.of(urlOf(this.texts.pool.text(target), this.authorities[authority]!));
  }

  private mentions(column: LogChunk['columns'][number], rows: number, out: Uint32Array, at: number): void {
    const { offsets, data } = column;
    for (let r = 0; r < rows; r++) {
      const [from, to] = [offsets[r]!, offsets[r + 1]!];
      // `http://` or `https://` in whatever case.
      out[at + r] = to - from > 7 && (data[from]! | 32) === 104 && (data[from + 1]! | 32) === 116 ? this.mentioned(this.texts.pool.intern(data, from, to)) : 0;
    }
  }

  private mentioned(id: number): number {
    let url = this.ofText.get(id);
    if (url === undefined) {
      const text = this.texts.pool.text(id);
      this.ofText.set(id, url = /^https?:\/\//i.test(text) ? this.urls.of(text) : 0);
    }
    return url;
  }
}
