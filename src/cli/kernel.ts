import { loadKernel } from '../adapters/node/load-kernel.ts';
import { createJsKernel } from '../kernel/js-kernel.ts';
import type { GraphKernel } from '../kernel/kernel.ts';

export const kernelNames = ['wasm', 'js'] as const;

/** Both implementations give the same answers; JavaScript is there to compare with. */
export async function kernelOf(name: (typeof kernelNames)[number]): Promise<GraphKernel> {
  return name === 'js' ? createJsKernel() : loadKernel();
}
