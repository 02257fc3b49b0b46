import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { HeddleError } from '../../errors.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import { createWasmKernel } from '../../kernel/wasm-kernel.ts';

/** The WASM kernel from the file the build has made. @throws STORAGE_FAILED when it is not there */
export async function loadKernel(): Promise<GraphKernel> {
  const file = createRequire(import.meta.url).resolve('#kernel.wasm');
  try {
    return createWasmKernel(await WebAssembly.compile(await readFile(file)));
  } catch (thrown) {
    const message = `the kernel cannot be loaded from ${file}: ${(thrown as Error).message}`;
    throw new HeddleError({ code: 'STORAGE_FAILED', message, hint: 'run npm run build' });
  }
}
