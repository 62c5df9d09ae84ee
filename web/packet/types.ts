/** A field of a dissected packet with the bytes it stands in. */
export interface LayerField {
  readonly name: string;
  readonly value: string;
  /** Offset from the start of the packet, and bytes; length 0 = derived. */
  readonly offset: number;
  readonly length: number;
  readonly children?: readonly LayerField[];
  /** What is wrong with it. */
  readonly problem?: string;
}

/** One layer of a packet: a header and what is said of it. */
export interface Layer {
  readonly name: string;
  readonly summary: string;
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly LayerField[];
}
