import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { grown, words, wordsToNumber } from '../../logs/growing';
import { halves, RowFacts, TextLists, withAddresses, withHalves, withTexts } from './rows';

/** The dns log: names and answers as numbers of texts. */
export class DnsFacts extends RowFacts {
  query = new Uint32Array(0);
  qtype = new Uint16Array(0);
  respPort = new Uint16Array(0);
  /** −1 = no answer. */
  rcode = new Int32Array(0);
  /** Numbers of the address book. */
  asker = new Int32Array(0);
  /** Answers with a space in them (texts of records, which are neither names nor addresses) stand as 0. */
  readonly answers = new TextLists();
  /** Times to live by answer, in microseconds; 0 where there is none. */
  ttl = new Float64Array(0);

  protected take(chunk: LogChunk, at: number, end: number): void {
    const { rows } = chunk;
    const column = (index: number): LogChunk['columns'][number] => chunk.columns[index]!;
    const { pool, book } = this.texts;
    this.query = withTexts(this.query, pool, column(abi.DNS_QUERY), rows, at);
    this.qtype = withHalves(this.qtype, column(abi.DNS_QTYPE), rows, at);
    this.respPort = withHalves(this.respPort, column(abi.COL_RESP_P), rows, at);
    this.asker = withAddresses(this.asker, book, column(abi.COL_ORIG_H), rows, at);
    this.rcode = grown(this.rcode, end);
    const codes = halves(column(abi.DNS_RCODE), rows);
    const { validity } = column(abi.DNS_RCODE);
    for (let r = 0; r < rows; r++) this.rcode[at + r] = ((validity[r >> 3]! >> (r & 7)) & 1) === 1 ? codes[r]! : -1;
    this.answers.take(pool, column(abi.DNS_ANSWERS), rows, at, hasSpace);
    const ttls = column(abi.DNS_TTLS);
    const times = words(ttls.values);
    this.ttl = grown(this.ttl, this.answers.to(end - 1));
    for (let r = 0; r < rows; r++) {
      const [from, to, first] = [this.answers.from(at + r), this.answers.to(at + r), ttls.offsets[r]!];
      const given = ttls.offsets[r + 1]! - first;
      for (let i = 0; i < to - from; i++) this.ttl[from + i] = i < given ? wordsToNumber(times, first + i) / 1000 : 0;
    }
  }
}

function hasSpace(data: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (data[i] === 32) return true;
  return false;
}
