import { DecodeError, type StreamDecoder } from './decoder';
import { Inflate } from './inflate';

const FEXTRA = 4;
const FNAME = 8;
const FCOMMENT = 16;
const FHCRC = 2;

const enum Step { Fixed, ExtraLength, Extra, Name, Comment, HeaderCrc, Data, Trailer, Padding, Behind }

/**
 * gzip (RFC 1952): any number of members one behind the other. A wrong CRC or length is remarked on and decoding goes
 * on; zeros behind the last member are padding (tapes), anything else there is left out and remarked on, as gzip does.
 */
export class Gunzip implements StreamDecoder {
  private step: Step = Step.Fixed;
  /** Bytes of the present step read so far. */
  private got = 0;
  private flags = 0;
  private need = 0;
  private readonly small = new Uint8Array(10);
  private inflate: Inflate;
  private members = 0;
  private wrong = 0;
  private behind = 0;

  /** @param checked checksums are looked at; without, a wrong one is not remarked on */
  constructor(private readonly checked = true) {
    this.inflate = new Inflate(checked);
  }

  /** Every member that began has given all its data; the last one's checksum may not be there. */
  get done(): boolean {
    return this.step >= Step.Trailer;
  }

  *push(input: Uint8Array, borrowed = false): Generator<Uint8Array, void> {
    let at = 0;
    while (at < input.length) {
      if (this.step === Step.Behind) { this.behind += input.length - at; return; }
      if (this.step !== Step.Data) { this.byte(input[at++]!); continue; }
      yield* this.inflate.push(at === 0 ? input : input.subarray(at), borrowed);
      if (!this.inflate.done) return;
      input = this.inflate.rest;
      at = 0;
      this.go(Step.Trailer);
    }
  }

  unfinished(): string | null {
    if (this.step === Step.Padding || this.step === Step.Behind) return null;
    if (this.step === Step.Trailer) return 'in the checksum at the end of the gzip data';
    if (this.step === Step.Data) return 'in the middle of the gzip data';
    return 'in the header of the gzip data';
  }

  remark(): string {
    const parts: string[] = [];
    if (this.wrong > 0) parts.push('The checksum of the gzip data is wrong: parts of it may be damaged.');
    if (this.behind > 0) parts.push(`${this.behind} bytes behind the gzip data were left out.`);
    return parts.join(' ');
  }

  clone(): Gunzip {
    const copy = new Gunzip(this.checked);
    copy.step = this.step;
    copy.got = this.got;
    copy.flags = this.flags;
    copy.need = this.need;
    copy.small.set(this.small);
    copy.inflate = this.inflate.clone();
    copy.members = this.members;
    copy.wrong = this.wrong;
    copy.behind = this.behind;
    return copy;
  }

  weight(): number {
    return this.inflate.weight() + 64;
  }

  close(): void {
    this.inflate.close();
  }

  private go(step: Step): void {
    this.step = step;
    this.got = 0;
    if (step === Step.Data) this.inflate = new Inflate(this.checked);
  }

  /** The optional fields follow in the order of RFC 1952 §2.3. */
  private afterField(field: number): void {
    if (field < FEXTRA && this.flags & FEXTRA) this.go(Step.ExtraLength);
    else if (field < FNAME && this.flags & FNAME) this.go(Step.Name);
    else if (field < FCOMMENT && this.flags & FCOMMENT) this.go(Step.Comment);
    else if (field < 32 && this.flags & FHCRC) this.go(Step.HeaderCrc);
    else this.go(Step.Data);
  }

  private byte(value: number): void {
    const i = this.got++;
    switch (this.step) {
      case Step.Padding:
        if (value === 0) return;
        if (value !== 0x1f) { this.go(Step.Behind); this.behind++; return; }
        this.go(Step.Fixed);
        this.byte(value);
        return;
      case Step.Fixed: {
        this.small[i] = value;
        const fits = i === 0 ? value === 0x1f : i === 1 ? value === 0x8b : i === 2 ? value === 8 : i === 3 ? value < 32 : true;
        if (!fits) {
          if (this.members === 0) throw new DecodeError('the header of the gzip data is damaged');
          this.go(Step.Behind);
          this.behind += i + 1;
        } else if (i === 9) {
          this.flags = this.small[3]!;
          this.members++;
          this.afterField(0);
        }
        return;
      }
      case Step.ExtraLength:
        this.need = i === 0 ? value : this.need | (value << 8);
        if (i === 0) return;
        if (this.need === 0) this.afterField(FEXTRA);
        else this.go(Step.Extra);
        return;
      case Step.Extra:
        if (i + 1 === this.need) this.afterField(FEXTRA);
        return;
      case Step.Name:
        if (value === 0) this.afterField(FNAME);
        return;
      case Step.Comment:
        if (value === 0) this.afterField(FCOMMENT);
        return;
      case Step.HeaderCrc:
        if (i === 1) this.go(Step.Data);
        return;
      case Step.Trailer: {
        this.small[i] = value;
        if (i < 7) return;
        const view = new DataView(this.small.buffer);
        const { crc, length } = this.inflate;
        if (this.checked && (view.getUint32(0, true) !== crc || view.getUint32(4, true) !== length % 2 ** 32)) this.wrong++;
        this.go(Step.Padding);
        return;
      }
      default:
    }
  }
}
