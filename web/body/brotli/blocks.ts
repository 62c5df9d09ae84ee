// What a meta-block says of its blocks before its data: how many types each category has, when the next begins, and which
// prefix codes stand for which contexts (RFC 7932 §6, §7.3, §9.2).
import { damaged, readPrefixCode, type BitReader, type PrefixCode } from './bits';

const BLOCK_BASE = [1, 5, 9, 13, 17, 25, 33, 41, 49, 65, 81, 97, 113, 145, 177, 209, 241, 305, 369, 497, 753, 1265, 2289, 4337, 8433, 16625];
const BLOCK_EXTRA = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6, 7, 8, 9, 10, 11, 12, 13, 24];

/** The blocks of one category (§6) and where in them we are. */
export interface Blocks {
  readonly types: number;
  readonly typeCode: PrefixCode | null;
  readonly countCode: PrefixCode | null;
  left: number;
  type: number;
  before: number;
}

/** A number from 1 to 256 (§9.2, NBLTYPES and NTREES). */
export function readSmall(reader: BitReader): number {
  if (reader.take(1) === 0) return 1;
  const bits = reader.take(3);
  return (1 << bits) + reader.take(bits) + 1;
}

/** The blocks of the next category. */
export function readBlocks(reader: BitReader): Blocks {
  const types = readSmall(reader);
  if (types === 1) return { types, typeCode: null, countCode: null, left: Infinity, type: 0, before: 1 };
  const typeCode = readPrefixCode(reader, types + 2);
  const countCode = readPrefixCode(reader, 26);
  return { types, typeCode, countCode, left: blockCount(reader, countCode), type: 0, before: 1 };
}

function blockCount(reader: BitReader, code: PrefixCode): number {
  const symbol = reader.symbol(code);
  return (BLOCK_BASE[symbol] ?? 1) + reader.take(BLOCK_EXTRA[symbol] ?? 0);
}

/** Steps into the next element of the category; reads which block comes when one has ended. */
export function stepBlocks(reader: BitReader, blocks: Blocks): void {
  if (blocks.left-- > 0) return;
  if (!blocks.typeCode || !blocks.countCode) return;
  const code = reader.symbol(blocks.typeCode);
  const type = code === 0 ? blocks.before : code === 1 ? (blocks.type + 1) % blocks.types : code - 2;
  blocks.before = blocks.type;
  blocks.type = type;
  blocks.left = blockCount(reader, blocks.countCode) - 1;
}

/** A context map of `size` entries (§7.3): which of `trees` prefix codes each context has. */
export function readContextMap(reader: BitReader, size: number, trees: number): Uint8Array {
  const map = new Uint8Array(size);
  if (trees === 1) return map;
  const longest = reader.take(1) === 0 ? 0 : reader.take(4) + 1;
  const code = readPrefixCode(reader, trees + longest);
  for (let i = 0; i < size;) {
    const symbol = reader.symbol(code);
    if (symbol === 0 || symbol > longest) {
      map[i++] = symbol === 0 ? 0 : symbol - longest;
      continue;
    }
    i += (1 << symbol) + reader.take(symbol);
    if (i > size) throw damaged('context map that is too long');
  }
  if (reader.take(1) === 1) inverseMoveToFront(map);
  return map;
}

function inverseMoveToFront(map: Uint8Array): void {
  const order = Array.from({ length: 256 }, (_, i) => i);
  for (let i = 0; i < map.length; i++) {
    const index = map[i] ?? 0;
    const value = order[index] ?? 0;
    map[i] = value;
    order.splice(index, 1);
    order.unshift(value);
  }
}
