import { readFileSync } from 'node:fs';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import type { GraphKernel } from '../../src/kernel/kernel.ts';
import { createWasmKernel } from '../../src/kernel/wasm-kernel.ts';

/** Both kernels as they are built. The benchmarks run at the root of the repository. */
export function kernels(): { readonly wasm: GraphKernel; readonly js: GraphKernel } {
  return { wasm: createWasmKernel(new WebAssembly.Module(readFileSync('dist/kernel.wasm'))), js: createJsKernel() };
}
