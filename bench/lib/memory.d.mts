export interface TreeMemory { readonly total: number; readonly kinds: Readonly<Record<string, number>> }

/** Every process below `root`, without it. */
export function processesBelow(root: number): number[];

/** Proportional set size of all processes below `root`, and by their kind. Linux only. */
export function treeMemory(root: number): TreeMemory;

/** Samples `treeMemory` until `end` is called, which gives the samples; `at` is in milliseconds since the start. */
export function sampleMemory(root: number, milliseconds: number): {
  last: () => (TreeMemory & { readonly at: number }) | undefined;
  end: () => (TreeMemory & { readonly at: number })[];
};
