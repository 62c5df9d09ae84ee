import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import type { DigestExports } from '../../web/body/digest';

const asc = join('node_modules', 'assemblyscript', 'bin', 'asc.js');

/** One-shot digests that assembly/digest/index.ts exports beside the slots. */
export interface DigestModule extends DigestExports {
  md5(data: number, length: number, out: number): void;
  sha1(data: number, length: number, out: number): void;
  sha256(data: number, length: number, out: number): void;
}

/** Compiles assembly/digest alone, so that its tests need no built engine. */
export function compileDigests(): DigestModule {
  const folder = mkdtempSync(join(tmpdir(), 'capsift-digest-'));
  try {
    const config = join(folder, 'none.json');
    writeFileSync(config, '{}');
    const out = join(folder, 'digest.wasm');
    execFileSync(process.execPath, [
      asc, 'assembly/digest/index.ts', '--config', config, '--outFile', out, '-O3', '--noAssert',
      '--runtime', 'stub', '--initialMemory', '64', '--enable', 'simd', '--enable', 'bulk-memory', '--use', 'abort=',
    ]);
    return new WebAssembly.Instance(new WebAssembly.Module(readFileSync(out))).exports as unknown as DigestModule;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
