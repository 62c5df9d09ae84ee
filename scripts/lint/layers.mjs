// Which folder may import from which. Imports point down, as ARCHITECTURE.md draws it; `import/direction` holds it.

/** Folders under web/ that the analysis is made of, from the bytes up: each may import from those of lower rank. */
const RANKS = {
  'assembly/abi': 0,
  'web/decode': 1,
  'web/engine': 1,
  'web/capture': 2,
  'web/logs': 2,
  'web/packet': 2,
  'web/body': 2,
  'web/indicators': 3,
  'web/intel': 3,
  'web/detect': 3,
  'web/bundle': 3,
  'web/store': 3,
  'web/worker': 4,
  'web/state': 5,
  'web/ui': 6,
};

/** Neighbours: of one rank, and allowed all the same. A pair stands here in one direction only, so that no circle can arise. */
const NEIGHBOURS = [
  ['web/decode', 'web/engine'],
  ['web/logs', 'web/capture'],
  ['web/packet', 'web/capture'],
  ['web/packet', 'web/body'],
  ['web/body', 'web/capture'],
  ['web/packet', 'web/logs'],
  ['web/body', 'web/logs'],
  ['web/indicators', 'web/intel'],
  ['web/detect', 'web/indicators'],
  ['web/detect', 'web/intel'],
  ['web/bundle', 'web/indicators'],
  ['web/bundle', 'web/intel'],
  ['web/store', 'web/indicators'],
  ['web/store', 'web/intel'],
  ['web/store', 'web/bundle'],
];

const TOOLS = ['scripts', 'test', 'bench', 'fixtures'];

/** The folder of the table that a path (from the project's root, forward slashes) lies in; '' for files above all of them. */
export function layerOf(path) {
  const [top = '', second = ''] = path.split('/');
  if (top === 'assembly') return path.startsWith('assembly/abi/') ? 'assembly/abi' : 'assembly';
  if (top === 'web') return path.split('/').length > 2 ? `web/${second}` : 'web';
  return top;
}

/**
 * Why a file may not import another, in one sentence; null when it may. `typeOnly` imports vanish when compiled, so they
 * may also go to a neighbour of the same rank.
 */
export function whyNot(from, to, typeOnly) {
  const a = layerOf(from);
  const b = layerOf(to);
  if (a === b || TOOLS.includes(a)) return null;
  if (TOOLS.includes(b)) return /^(vite|vitest|eslint)\.config\./.test(from) || /\?(bytes|url)/.test(to) ? null : `${b}/ is no part of the product`;
  if (a === 'assembly' || a === 'assembly/abi') return b === 'assembly/abi' && a === 'assembly' ? null : `${a} imports nothing from ${b || 'elsewhere'}`;
  if (b === 'assembly') return 'outside of assembly only assembly/abi may be imported';
  if (a === 'web' || a === '') return null;
  if (a === 'web/service-worker') return 'the service worker stands alone';
  if (a === 'cli') return b === 'web/ui' || b === 'web/state' ? 'the command line has no page' : null;
  if (b === 'cli') return 'nothing imports the command line';
  const high = RANKS[a];
  const low = RANKS[b];
  if (high === undefined) return `${a} has no place in scripts/lint/layers.mjs yet: give it one`;
  if (low === undefined) return b === 'build' || b === 'web' ? null : `${b} has no place in scripts/lint/layers.mjs yet: give it one`;
  if (low < high) return null;
  if (low === high && (typeOnly || NEIGHBOURS.some(([x, y]) => x === a && y === b))) return null;
  return `${a} may not import from ${b}: imports point down (scripts/lint/layers.mjs)`;
}
