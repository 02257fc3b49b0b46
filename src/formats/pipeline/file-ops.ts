import { HeddleError } from '../../errors.ts';
import type { Value } from '../../program/value.ts';
import { fileText, type PipelineContext, type PipelineState } from './context.ts';
import { type Data, isData } from './data.ts';
import { missing } from './transform.ts';

/**
 * A file_ops step on the given files: there is no file system, so what it writes is seen by the steps after it and stands in
 * the state. `convert` goes between JSON and lines; `stream_*` are as their plain kin.
 */
export function fileOps(
  step: Data,
  context: PipelineContext,
): { readonly result: Data; readonly state: PipelineState } {
  const { state } = context;
  const [from, to] = [String(step.source ?? step.path ?? ''), String(step.destination ?? '')];
  const text = (path: string): string => {
    const found = fileText(context, path);
    if (found === undefined) throw missing(`${step.name}.source: there is no file ${path}`);
    return found;
  };
  const written = (files: Data, result: Data) => ({
    result: { success: true, operation: String(step.operation), ...result },
    state: { ...state, files: { ...state.files, ...files } },
  });
  switch (step.operation) {
    case 'copy':
    case 'stream_copy':
      return written({ [to]: text(from) }, { source: from, destination: to, bytes: text(from).length });
    case 'move':
      return written({ [to]: text(from), [from]: null }, { source: from, destination: to });
    case 'delete':
      return written({ [from]: null }, { path: from });
    case 'validate':
      return written({}, { files: validated(step, context) });
    case 'list':
      return written({}, { files: listed(from, context) });
    case 'convert':
      return written(
        { [to]: converted(text(from), String(step.format ?? step.to ?? 'json')) },
        { source: from, destination: to },
      );
    case 'stream_process': {
      const processed = process(text(from), step.processor);
      return written(to === '' ? {} : { [to]: processed }, { source: from, text: processed });
    }
    default:
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: `${step.name}.operation: ${String(step.operation)} is no file operation`,
        retryable: false,
      });
  }
}

function validated({ name, files, source }: Data, context: PipelineContext): Value {
  const list = Array.isArray(files) ? files : [{ path: source ?? null }];
  return list.map((entry: Value) => {
    const path = String(isData(entry) ? entry.path : entry);
    const size = fileText(context, path)?.length;
    if (size === undefined && !(isData(entry) && entry.must_exist === false))
      throw missing(`${name}.files: there is no file ${path}`);
    return { path, exists: size !== undefined, size: size ?? 0 };
  });
}

function listed(folder: string, { base, state }: PipelineContext): readonly string[] {
  const paths = new Set([...Object.keys(base.files), ...Object.keys(state.files)]);
  const under = folder.replace(/^\.\//, '').replace(/\/?$/, '/');
  return [...paths]
    .filter((path) => state.files[path] !== null)
    .filter((path) => folder === '' || folder === '.' || path.replace(/^\.\//, '').startsWith(under))
    .sort();
}

function converted(text: string, format: string): string {
  const lines = text.split('\n').filter((line) => line !== '');
  return format === 'json' ? JSON.stringify(lines) : lines.join('\n');
}

function process(text: string, processor: Value | undefined): string {
  if (processor === 'uppercase') return text.toUpperCase();
  if (processor === 'lowercase') return text.toLowerCase();
  return processor === 'trim'
    ? text
        .split('\n')
        .map((line) => line.trim())
        .join('\n')
    : text;
}
