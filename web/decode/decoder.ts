/**
 * A decompressor that is pushed bytes and gives bytes. It works synchronously, gives at most CHUNK_BYTES at a time and
 * decodes on only when asked for more, so that neither side piles up.
 */
export interface StreamDecoder {
  /**
   * Decodes what `input` adds; run the generator to its end before the next push. Chunks are the receiver's own, or, when
   * `borrowed`, may be valid only until the next is asked for or another decoder of this thread is pushed something.
   * @throws DecodeError when the data is damaged; everything before the damage has been given
   */
  push(input: Uint8Array, borrowed?: boolean): Generator<Uint8Array, void>;
  /** After the last push: null when the data was whole, else a phrase that says where it ended. */
  unfinished(): string | null;
  /** Something to tell although the data could be decoded (a wrong checksum, bytes behind the end); '' when nothing. */
  remark(): string;
  /** A decoder in the same state, to go on from here a second time; null while that is not possible. */
  clone(): StreamDecoder | null;
  /** Memory that it holds between two pushes, in bytes. */
  weight(): number;
  /** It will not be pushed anything any more. Without this its memory is given back later. */
  close(): void;
}

/** Compressed data that cannot be decoded on. The message is a phrase: `the deflate data is damaged (…)`. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** Decoders one behind the other: the first one's output is the next one's input. */
export class DecoderChain implements StreamDecoder {
  constructor(private readonly stages: readonly StreamDecoder[]) {}

  *push(input: Uint8Array): Generator<Uint8Array, void> {
    yield* this.through(input, 0);
  }

  private *through(input: Uint8Array, stage: number): Generator<Uint8Array, void> {
    const decoder = this.stages[stage];
    if (!decoder) { yield input; return; }
    if (stage === this.stages.length - 1) { yield* decoder.push(input); return; }
    for (const bytes of decoder.push(input)) yield* this.through(bytes, stage + 1);
  }

  unfinished(): string | null {
    for (const stage of this.stages) {
      const where = stage.unfinished();
      if (where !== null) return where;
    }
    return null;
  }

  remark(): string {
    return this.stages.map((stage) => stage.remark()).filter((text) => text !== '').join(' ');
  }

  clone(): DecoderChain | null {
    const copies: StreamDecoder[] = [];
    for (const stage of this.stages) {
      const copy = stage.clone();
      if (!copy) return null;
      copies.push(copy);
    }
    return new DecoderChain(copies);
  }

  weight(): number {
    return this.stages.reduce((sum, stage) => sum + stage.weight(), 0);
  }

  close(): void {
    for (const stage of this.stages) stage.close();
  }
}
