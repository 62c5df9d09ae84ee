import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { at } from './paths.mjs';
import { runPackage } from './run.mjs';
import { onceFor } from './stamp.mjs';

const TOOLS = ['package.json', 'package-lock.json', 'vite.config.ts', 'scripts/vite', 'scripts/lib'];
const PAGE = ['web', 'assembly', 'asconfig.json', 'fixtures/captures', ...TOOLS];

const kib = (path) => `${Math.ceil(statSync(at(path)).size / 1024).toLocaleString('en')} KiB`;

/** Compiles assembly/ to build/engine.wasm, and writes its SHA-256 beside it in the form `sha256sum -c` reads. */
async function engine() {
  mkdirSync(at('build'), { recursive: true });
  const code = runPackage('assemblyscript/bin/asc.js', ['assembly/index.ts', '--target', 'release']);
  if (code !== 0) throw new Error('The engine did not compile; asc said why above.');
  const hash = createHash('sha256').update(readFileSync(at('build/engine.wasm'))).digest('hex');
  writeFileSync(at('build/engine.wasm.sha256'), `${hash}  engine.wasm\n`);
  console.log(`build/engine.wasm      ${kib('build/engine.wasm')}, SHA-256 ${hash}`);
}

async function vite(mode) {
  const { build } = await import('vite');
  await build({ configFile: at('vite.config.ts'), mode, logLevel: 'warn' });
}

const BUILDS = {
  engine: { inputs: ['assembly', 'asconfig.json', 'package-lock.json'], output: 'build/engine.wasm', make: engine },
  site: {
    inputs: PAGE, output: 'dist/site/index.html', needs: 'engine',
    make: async () => { await vite('site'); console.log('dist/site/             the page, for any host or folder'); },
  },
  cli: {
    inputs: ['cli', ...PAGE], output: 'dist/cli/capsift.js', needs: 'engine',
    make: async () => {
      await vite('cli');
      chmodSync(at('dist/cli/capsift.js'), 0o755);
      console.log(`dist/cli/capsift.js    ${kib('dist/cli/capsift.js')}`);
    },
  },
  single: {
    inputs: PAGE, output: 'dist/single/capsift.html', needs: 'engine',
    make: async () => { await vite('single'); console.log(`dist/single/capsift.html  ${kib('dist/single/capsift.html')}`); },
  },
};

/** Names that `build` takes. */
export const BUILD_NAMES = Object.keys(BUILDS);

/** Builds what is named, and what it needs, unless nothing of it changed. @throws Error with a sentence */
export async function build(names) {
  for (const name of names) {
    const { inputs, output, needs, make } = BUILDS[name];
    if (needs) await build([needs]);
    await onceFor(name, inputs, output, make);
    if (!existsSync(at(output))) throw new Error(`The build of ${name} did not write ${output}.`);
  }
}
