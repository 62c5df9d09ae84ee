import type { Layer, LayerField } from '../worker/api';

/** Bytes of one line of the hex view. */
export const HEX_COLUMNS = 16;

export interface HexLine {
  /** Offset of the first byte, four or more hexadecimal figures. */
  readonly address: string;
  readonly cells: readonly { readonly at: number; readonly hex: string; readonly text: string }[];
}

/** One line of the hex view; figures and a printable character for each byte (`·` for the others). */
export function hexLine(bytes: Uint8Array, line: number): HexLine {
  const cells = [];
  const from = line * HEX_COLUMNS;
  for (let at = from; at < Math.min(from + HEX_COLUMNS, bytes.length); at++) {
    const byte = bytes[at] ?? 0;
    cells.push({ at, hex: byte.toString(16).padStart(2, '0'), text: byte > 32 && byte < 127 ? String.fromCharCode(byte) : byte === 32 ? ' ' : '·' });
  }
  return { address: from.toString(16).padStart(4, '0'), cells };
}

/** Lines that a number of bytes fills. */
export function hexLines(length: number): number {
  return Math.ceil(length / HEX_COLUMNS);
}

/** A line of the layer tree. */
export interface TreeNode {
  /** Stable within the packet: positions from the root, `1.0.2`. */
  readonly id: string;
  readonly depth: number;
  readonly name: string;
  readonly value: string;
  readonly offset: number;
  readonly length: number;
  readonly problem: string;
  readonly children: readonly TreeNode[];
}

function fieldNode(field: LayerField, id: string, depth: number): TreeNode {
  return {
    id, depth, name: field.name, value: field.value, offset: field.offset, length: field.length, problem: field.problem ?? '',
    children: (field.children ?? []).map((child, i) => fieldNode(child, `${id}.${i}`, depth + 1)),
  };
}

/** The layers of a packet as a tree. */
export function layerTree(layers: readonly Layer[]): readonly TreeNode[] {
  return layers.map((layer, i) => ({
    id: String(i), depth: 0, name: layer.name, value: layer.summary, offset: layer.offset, length: layer.length, problem: '',
    children: layer.fields.map((field, j) => fieldNode(field, `${i}.${j}`, 1)),
  }));
}

/** The lines that are shown when the given nodes are open. */
export function openLines(tree: readonly TreeNode[], open: ReadonlySet<string>): readonly TreeNode[] {
  const lines: TreeNode[] = [];
  const walk = (nodes: readonly TreeNode[]): void => {
    for (const node of nodes) {
      lines.push(node);
      if (open.has(node.id)) walk(node.children);
    }
  };
  walk(tree);
  return lines;
}

/** The deepest, narrowest node whose bytes hold `at`, with the nodes that lead to it; [] when there is none. */
export function pathToByte(tree: readonly TreeNode[], at: number): readonly TreeNode[] {
  let best: readonly TreeNode[] = [];
  const walk = (nodes: readonly TreeNode[], above: readonly TreeNode[]): void => {
    for (const node of nodes) {
      const path = [...above, node];
      const inside = node.length > 0 && at >= node.offset && at < node.offset + node.length;
      if (inside) {
        const found = best[best.length - 1];
        if (!found || node.length < found.length || (node.length === found.length && path.length > best.length)) best = path;
      }
      // A derived parent (length 0) may still have children with bytes.
      if (inside || node.length === 0) walk(node.children, path);
    }
  };
  walk(tree, []);
  return best;
}
