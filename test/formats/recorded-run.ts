import { Validator } from '@cfworker/json-schema';
import { expect } from 'vitest';
import { exportWfFormat, readFormat, wfFormat } from '../../src/formats/index.ts';
import type { ExecutionEngine } from '../../src/host/execution-engine.ts';
import type { SampleFigures } from './figures.ts';
import { wfFormatSchema } from './wfformat-schema.ts';

export function problemsOfWfFormat(document: unknown): readonly string[] {
  const { errors } = new Validator(wfFormatSchema as never, '2020-12', false).validate(document);
  return errors.map(({ instanceLocation, error }) => `${instanceLocation} ${error}`);
}

/**
 * Runs a recorded workflow at a scale on two workers, sees that every task ran once, after its parents and in as much time as two
 * workers need at least, and that what is written of it has the shape of the format and is read as the same graph.
 */
export async function expectRecordedRun(
  engine: ExecutionEngine,
  { name, nodes, edges, criticalPath, total }: SampleFigures,
  text: string,
  options: { readonly scale: number; readonly mode?: 'sleep' | 'burn' },
): Promise<void> {
  const { program, annotations = new Map() } = readFormat(text, name);
  const execution = await engine.execute(program, options);
  expect([execution.status, execution.error, execution.metrics.tasksExecuted]).toEqual(['COMPLETED', undefined, nodes]);
  const at = new Map(
    execution.timeline.map(({ type, taskId, timestamp }) => [`${type} ${taskId}`, timestamp.getTime()]),
  );
  for (const [id, { needs = [] }] of Object.entries(program.nodes))
    for (const parent of needs)
      expect(at.get(`TASK_STARTED ${id}`)).toBeGreaterThanOrEqual(at.get(`TASK_COMPLETED ${parent}`) ?? Number.NaN);
  if (options.mode !== 'burn') {
    const leastMs = Math.max(criticalPath, total / 2) * options.scale * 1000;
    // A timer may fire up to a millisecond early, by the clock that dates events.
    expect(execution.metrics.totalDuration).toBeGreaterThan(leastMs - nodes - 1);
  }
  const document = JSON.parse(
    JSON.stringify(exportWfFormat(program, { execution, annotations, nodeName: 'localhost' })),
  );
  expect(problemsOfWfFormat(document)).toEqual([]);
  const again = wfFormat.read(document, name);
  const edgesAgain = Object.values(again.program.nodes).reduce((count, node) => count + (node.needs?.length ?? 0), 0);
  expect([Object.keys(again.program.nodes).length, edgesAgain, again.warnings]).toEqual([nodes, edges, []]);
  expect(again.annotations?.size).toBe(annotations.size);
}
