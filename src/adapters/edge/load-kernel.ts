import type { GraphKernel } from '../../kernel/kernel.ts';
import { createWasmKernel, type WasmModule } from '../../kernel/wasm-kernel.ts';

/** The WASM kernel from an imported module: Workers compile nothing at run time. */
export function loadKernel(module: WasmModule): GraphKernel {
  return createWasmKernel(module);
}
