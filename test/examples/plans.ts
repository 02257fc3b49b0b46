import { type AnyModule, createEngine, defineModule, type ExecutionHandle } from 'heddle';

export const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when that task has started. */
export async function started(execution: ExecutionHandle, task: string): Promise<void> {
  for await (const { events } of execution.monitor())
    if (events.some(({ type, taskId }) => type === 'TASK_STARTED' && taskId === task)) return;
}

const double = defineModule({
  name: 'double',
  version: '1',
  run: ({ x }: { x: number }, ctx) => {
    ctx.log('doubling', { x });
    return { x: 2 * x };
  },
});

/** Takes as long as it is told, and hears when it is to stop. */
const work = defineModule({
  name: 'work',
  version: '1',
  run: ({ ms }: { ms: number }, ctx) =>
    new Promise<{ ms: number }>((resolve, reject) => {
      const timer = setTimeout(() => resolve({ ms }), ms);
      ctx.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        reject(ctx.signal.reason);
      });
    }),
});

export const plan = {
  heddle: 1,
  name: 'sums',
  nodes: {
    first: { module: 'double', with: { x: '${input.x}' } },
    second: { module: 'double', with: { x: '${first.x}' } },
    third: { module: 'double', with: { x: '${first.x}' } },
  },
  outputs: { sum: '${second.x + third.x}' },
} as const;

/** A chain of so many nodes of so many ms each. */
export function chain(length: number, ms: number) {
  const nodes = Array.from({ length }, (_, index) => [
    `step${index}`,
    { module: 'work', with: { ms }, ...(index > 0 && { needs: [`step${index - 1}`] }) },
  ]);
  return { heddle: 1, name: 'chain', nodes: Object.fromEntries(nodes) };
}

/** A module that fails so many times with that code, and then works. */
export function failing(code: string, times: number): AnyModule & { readonly calls: readonly number[] } {
  const calls: number[] = [];
  const module = defineModule({
    name: 'call',
    version: '1',
    run: () => {
      calls.push(Date.now());
      if (calls.length <= times) throw Object.assign(new Error('the service does not answer'), { code });
      return { answer: 42 };
    },
  });
  return { ...module, calls };
}

export const engineWith = (...modules: readonly AnyModule[]) => createEngine({ modules: [double, work, ...modules] });
