import type { Layer } from './types';
import { link } from './layers/link';
import { PacketReader } from './layers/reader';

/** The layers of one packet, each field with the bytes it stands in. Never throws: what is cut or lies is said in place. */
export function dissect(linktype: number, bytes: Uint8Array): Layer[] {
  const reader = new PacketReader(bytes);
  link(reader, linktype);
  return reader.layers;
}
