import * as abi from '../../../assembly/abi/logs';
import type { LogChunk } from '../../engine/chunk';
import { grown, unsignedToNumber, words, wordsToNumber } from '../../logs/growing';
import { RowFacts, withTexts } from './rows';

/** The files log. */
export class FileRows extends RowFacts {
  fuid = new Uint32Array(0);
  /** In lower case. */
  sha256 = new Uint32Array(0);
  mime = new Uint32Array(0);
  name = new Uint32Array(0);
  /** 1 = every byte of the body is there, so that its hash means the file. */
  whole = new Uint8Array(0);
  /** 1 = a certificate or an OCSP answer out of TLS. */
  fromTls = new Uint8Array(0);
  isOrig = new Uint8Array(0);
  seen = new Float64Array(0);

  protected take(chunk: LogChunk, at: number, end: number): void {
    const { rows } = chunk;
    const { pool } = this.texts;
    const column = (index: number): LogChunk['columns'][number] => chunk.columns[index]!;
    const read = (into: Uint32Array<ArrayBuffer>, index: number): Uint32Array<ArrayBuffer> => withTexts(into, pool, column(index), rows, at);
    this.fuid = read(this.fuid, abi.FILES_FUID);
    this.sha256 = read(this.sha256, abi.FILES_SHA256);
    this.mime = read(this.mime, abi.FILES_MIME_TYPE);
    this.name = read(this.name, abi.FILES_FILENAME);
    this.whole = grown(this.whole, end);
    this.fromTls = grown(this.fromTls, end);
    this.isOrig = grown(this.isOrig, end);
    this.seen = grown(this.seen, end);
    this.isOrig.set(column(abi.FILES_IS_ORIG).values.subarray(0, rows), at);
    const tls = pool.internText('SSL');
    const [seen, missing, overflow] = [words(column(abi.FILES_SEEN_BYTES).values), words(column(abi.FILES_MISSING_BYTES).values), words(column(abi.FILES_OVERFLOW_BYTES).values)];
    const [timedOut, note, source] = [column(abi.FILES_TIMEDOUT).values, column(abi.FILES_NOTE).offsets, column(abi.FILES_SOURCE)];
    for (let r = 0; r < rows; r++) {
      const row = at + r;
      this.seen[row] = unsignedToNumber(seen, r);
      const whole = pool.lengthOf(this.sha256[row]!) === 64 && wordsToNumber(missing, r) === 0 && wordsToNumber(overflow, r) === 0 && timedOut[r] === 0 && note[r] === note[r + 1];
      this.whole[row] = whole ? 1 : 0;
      if (whole) this.sha256[row] = this.texts.lower(this.sha256[row]!);
      this.fromTls[row] = pool.intern(source.data, source.offsets[r]!, source.offsets[r + 1]!) === tls ? 1 : 0;
    }
  }
}
