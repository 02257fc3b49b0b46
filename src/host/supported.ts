import type { ErrorData } from '../errors.ts';
import type { Program, ProgramNode } from '../program/program.ts';

/** Keys of the format that this engine refuses to run rather than ignore. */
const unsupportedKeys: readonly (keyof ProgramNode)[] = [
  'program',
  'waitFor',
  'sleepMs',
  'sleepUntil',
  'repeat',
  'breaker',
  'bulkhead',
  'compensate',
  'resources',
  'rateLimit',
  'cache',
  'idleTimeoutMs',
];

/** Everything a valid program asks for that this engine cannot do. */
export function unsupported(program: Program): readonly ErrorData[] {
  const errors: ErrorData[] = [];
  const refuse = (path: string): void => {
    errors.push({
      code: 'UNSUPPORTED',
      message: `this engine does not run ${path} yet`,
      path,
      hint: 'remove it, or use an engine that does',
    });
  };
  if (program.onFailure !== undefined && program.onFailure !== 'fail') refuse('onFailure');
  for (const [id, node] of Object.entries(program.nodes)) {
    for (const key of unsupportedKeys) if (node[key] !== undefined) refuse(`nodes.${id}.${key}`);
    if (node.forEach?.batchSize !== undefined) refuse(`nodes.${id}.forEach.batchSize`);
  }
  return errors;
}
