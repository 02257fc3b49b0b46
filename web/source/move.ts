import { HeddleError } from '../../src/errors.ts';
import type { Source } from './source.ts';

/**
 * Moves an execution from one home to another, where it goes on with all it has done. It ends in the first before it begins in
 * the second, so that it never runs in both; when the second refuses it, it is taken back.
 * @throws what the second home says, with what has become of the execution
 */
export async function move(executionId: string, from: Source, to: Source): Promise<void> {
  const { exportFile } = from;
  if (exportFile === undefined || to.importFile === undefined)
    throw new HeddleError({ code: 'NOT_ALLOWED', message: `${from.label} and ${to.label} cannot exchange executions` });
  const { program } = await from.open(executionId);
  const bundle = await exportFile(executionId, true);
  try {
    await to.importFile(bundle, program);
  } catch (thrown) {
    const said = `${to.label} did not take it: ${(thrown as Error).message}`;
    await from.importFile?.(bundle).catch((again: Error) => {
      throw new HeddleError({
        code: 'UNAVAILABLE',
        message: `${said}; and ${from.label} did not take it back: ${again.message}`,
        hint: 'import the file that was saved',
        details: { bundle },
      });
    });
    throw new HeddleError({ code: 'NOT_ALLOWED', message: `${said}; it goes on in ${from.label}` });
  }
}
