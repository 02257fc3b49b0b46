import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPlan, type Plan } from '../../src/plan/plan.ts';
import { kernels } from './kernels.ts';

const directory = process.env.BENCH_WORKFLOWS ?? '../shared/data/wfinstances';

interface WfInstance {
  readonly workflow: {
    readonly specification: { readonly tasks: readonly { readonly id: string; readonly parents: readonly string[] }[] };
    readonly execution: { readonly tasks: readonly { readonly id: string; readonly runtimeInSeconds: number }[] };
  };
}

/** Plans of the recorded workflows (WfFormat 1.5), with measured durations in s; none where the folder is not there. */
export function workflows(): readonly { readonly name: string; readonly plan: Plan }[] {
  if (!existsSync(directory)) return [];
  const { wasm } = kernels();
  const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
  return files.map((file) => {
    const { workflow } = JSON.parse(readFileSync(join(directory, file), 'utf8')) as WfInstance;
    const { specification, execution } = workflow;
    const seconds = new Map(execution.tasks.map(({ id, runtimeInSeconds }) => [id, runtimeInSeconds]));
    const name = new Map(specification.tasks.map(({ id }, index) => [id, `t${index}`]));
    const nodes = specification.tasks.map(({ id, parents }) => [
      name.get(id) ?? '',
      { module: 'm', needs: parents.map((parent) => name.get(parent) ?? '') },
    ]);
    const durations = Float64Array.from(specification.tasks, ({ id }) => seconds.get(id) ?? 0);
    const program = { heddle: 1 as const, name: 'workflow', nodes: Object.fromEntries(nodes) };
    return { name: file.replace('.json', ''), plan: createPlan(program, wasm, durations) };
  });
}
