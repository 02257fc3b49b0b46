import { createJsKernel } from '../../kernel/js-kernel.ts';
import type { GraphKernel } from '../../kernel/kernel.ts';
import { createWasmKernel } from '../../kernel/wasm-kernel.ts';

export interface LoadedKernel {
  readonly kernel: GraphKernel;
  /** Why it is the plain-JavaScript one, when it is. */
  readonly reason?: string;
}

/** Compiles the WASM kernel while it streams in; a page that forbids or lacks WASM gets the plain-JavaScript twin and is told. */
export async function loadKernel(url: URL | string): Promise<LoadedKernel> {
  try {
    const response = await fetch(url);
    if (!response.ok) return { kernel: createJsKernel(), reason: `${url} answered ${response.status}` };
    return { kernel: createWasmKernel(await compile(response)) };
  } catch (thrown) {
    return { kernel: createJsKernel(), reason: String((thrown as Error).message) };
  }
}

/** Streaming needs the MIME type application/wasm, which not every static host sends. */
async function compile(response: Response): Promise<WebAssembly.Module> {
  if (response.headers.get('content-type')?.startsWith('application/wasm'))
    return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
