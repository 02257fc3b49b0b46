import { loadKernel } from '../../src/adapters/browser/load-kernel.ts';
import { createJsKernel } from '../../src/kernel/js-kernel.ts';
import { idiomaticRival } from './idiomatic-rival.ts';
import { kernelRival } from './kernel-rival.ts';
import { measureSize } from './measure.ts';
import { rivalNames, type WorkerMessage } from './report.ts';

const tell = (message: WorkerMessage): void => postMessage(message);

/** Measures the sizes it is told, off the main thread, and tells every result at once. */
addEventListener('message', ({ data: sizes }: MessageEvent<readonly number[]>) => {
  run(sizes).then(
    () => tell({ type: 'done' }),
    (thrown: unknown) => tell({ type: 'failed', message: String((thrown as Error).message ?? thrown) }),
  );
});

async function run(sizes: readonly number[]): Promise<void> {
  const { kernel, reason } = await loadKernel(new URL('./kernel.wasm', import.meta.url));
  if (reason !== undefined) tell({ type: 'unavailable', rival: rivalNames[0], reason });
  const rivals = [
    ...(reason === undefined ? [kernelRival(rivalNames[0], kernel)] : []),
    kernelRival(rivalNames[1], createJsKernel()),
    idiomaticRival,
  ];
  for (const nodes of sizes)
    for (const measurement of measureSize(rivals, nodes)) tell({ type: 'measured', measurement });
}
