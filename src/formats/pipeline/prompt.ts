import { HeddleError } from '../../errors.ts';
import type { Value } from '../../program/value.ts';
import { fileText, type PipelineContext, resultsOf } from './context.ts';
import { isData, partAt, pathOf, prettyJson } from './data.ts';

/**
 * The text of a prompt: its parts joined by one newline. `session_context` and `claude_continue` are empty, as they are in
 * pipeline_ex. @throws NOT_FOUND for a file, a step or an extracted field that is not there
 */
export function promptText(parts: Value | undefined, context: PipelineContext, step: string): string {
  if (typeof parts === 'string') return parts;
  if (!Array.isArray(parts)) return '';
  return parts.map((part: Value, index) => partText(part, context, `${step}.prompt[${index}]`)).join('\n');
}

function partText(part: Value, context: PipelineContext, path: string): string {
  if (!isData(part)) return '';
  if (part.type === 'static') return typeof part.content === 'string' ? part.content : prettyJson(part.content);
  if (part.type === 'file') {
    const text = fileText(context, String(part.path));
    if (text === undefined)
      throw missing(`${path}: there is no file ${part.path}`, 'give its text in the input files, by its path');
    return text;
  }
  if (part.type === 'previous_response') return previous(part, context, path);
  return '';
}

function previous(part: { readonly [key: string]: Value }, context: PipelineContext, path: string): string {
  const results = resultsOf(context);
  const name = String(part.step);
  if (!Object.hasOwn(results, name))
    throw missing(`${path}: there is no result of a step ${name}`, 'name a step that comes before');
  const result = results[name];
  if (typeof part.extract !== 'string') return typeof result === 'string' ? result : prettyJson(result);
  const found = partAt(result, pathOf(part.extract));
  if (found !== undefined) return typeof found === 'string' ? found : prettyJson(found);
  if (part.strict === false) return 'nil';
  throw missing(`${path}: the result of ${name} has no ${part.extract}`, 'write strict: false to go on without it');
}

function missing(message: string, hint: string): HeddleError {
  return new HeddleError({ code: 'NOT_FOUND', message, hint, retryable: false });
}
