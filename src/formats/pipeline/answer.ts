import { HeddleError } from '../../errors.ts';
import type { Value } from '../../program/value.ts';
import type { PipelineContext } from './context.ts';
import { type Data, isData } from './data.ts';
import { extracted } from './extract.ts';
import { withState } from './local-step.ts';
import { type Asked, sessionOf } from './request.ts';

/** Bytes of a text in a result at the most. */
const textBytesMax = 100_000;

/** The result of a step from the answers to its calls, null for a call that failed; with the state after it. */
export function resultOf(
  step: Data,
  asked: readonly Asked[],
  answers: readonly Value[],
  context: PipelineContext,
): Data {
  const { state } = context;
  if (step.type === 'parallel_claude') return withState(parallel(asked, answers), state);
  if (step.type === 'claude_batch' && Array.isArray(step.tasks)) return withState(batch(asked, answers), state);
  const [answer] = answers;
  if (answer === null || answer === undefined)
    throw new HeddleError({ code: 'MODULE_FAILED', message: `step ${step.name} has no answer`, retryable: false });
  const result = single(step, answer);
  if (step.type === 'claude_extract') return withState(extracted(step, result), state);
  if (step.type !== 'claude_session') return withState(result, state);
  const name = sessionOf(step);
  const messages = [
    ...(asked[0]?.request.messages ?? []).filter(({ role }) => role !== 'system'),
    { role: 'assistant', content: result.text },
  ];
  const conversations = { ...state.conversations, [name]: messages as unknown as Value };
  return withState({ ...result, session_name: name, interactions: messages.length / 2 }, { ...state, conversations });
}

/** Result of one call: text, success, cost, and the arguments of functions the model called. */
function single(step: Data, answer: Value): Data {
  if (isData(answer) && typeof answer.fallback === 'string') return degraded(answer.fallback, step);
  const text = trimmed(textOf(answer));
  const parts = isData(answer) ? answer : {};
  const calls = Array.isArray(parts.toolCalls) ? parts.toolCalls.filter(isData) : [];
  const members = calls.map((call: Data) => asData(call.arguments ?? call.input ?? call.args));
  const json = calls.length === 0 ? asData(isData(parts.object) ? parts.object : text) : {};
  return {
    ...json,
    ...Object.assign({}, ...members),
    text,
    content: text,
    success: true,
    cost: typeof parts.cost === 'number' ? parts.cost : 0,
    ...(parts.usage !== undefined && { usage: parts.usage }),
    ...(calls.length > 0 && { function_calls: calls as readonly Value[] }),
  };
}

/** The text of an answer, in the spellings providers' modules have. */
export function textOf(answer: Value): string {
  if (typeof answer === 'string') return answer;
  if (!isData(answer)) return '';
  const { text, content, message } = answer;
  if (typeof text === 'string') return text;
  if (typeof content === 'string') return content;
  return isData(message) ? textOf(message) : '';
}

/** A JSON object in a text, also between ``` fences; {} when there is none. */
function asData(value: Value | undefined): Data {
  if (isData(value)) return value;
  if (typeof value !== 'string') return {};
  const text = /^\s*```(?:json)?\s*\n([\s\S]*)\n\s*```\s*$/.exec(value)?.[1] ?? value;
  if (!/^\s*\{/.test(text)) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isData(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** What claude_robust gives when all tries failed; it reports success, as pipeline_ex does, and says that it is degraded. */
function degraded(action: string, step: Data): Data {
  const text =
    action === 'emergency_response'
      ? 'The service cannot answer at the moment. Please try again later.'
      : `Step ${step.name} could not be completed; the run goes on without its answer.`;
  return { text, content: text, success: true, cost: 0, degraded: true, fallback_action: action };
}

function trimmed(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= textBytesMax) return text;
  const kept = new TextDecoder().decode(bytes.subarray(0, textBytesMax)).replace(/\ufffd+$/, '');
  return `${kept}\n[TRIMMED: ${bytes.length} bytes total]`;
}

function parallel(asked: readonly Asked[], answers: readonly Value[]): Data {
  const results = asked.map(({ id }, index): readonly [string, Data] => {
    const answer = answers[index];
    return [
      id,
      answer === null || answer === undefined
        ? { success: false, error: 'the call failed' }
        : single({ name: id }, answer),
    ];
  });
  const individual = results.map(([id, result]) => ({ id, ...result }));
  const texts = results.map(([id, result]) => `${id}: ${String(result.text ?? result.error)}`);
  const success = results.every(([, result]) => result.success === true);
  // Each task's result stands under its id too, so that `extract: testing.coverage` finds it; pipeline_ex has no such key.
  return {
    ...Object.fromEntries(results),
    success,
    text: texts.join('\n\n'),
    combined_results: texts.join('\n\n'),
    individual_results: individual,
  };
}

function batch(asked: readonly Asked[], answers: readonly Value[]): Data {
  const results = asked.map(({ id }, index): Data => {
    const answer = answers[index];
    if (answer === null || answer === undefined)
      return { task_id: id, status: 'error', error: 'the call failed or took too long' };
    return { task_id: id, status: 'success', ...single({ name: id }, answer) };
  });
  const successful = results.filter(({ status }) => status === 'success').length;
  return {
    success: true,
    batch_processed: true,
    total_tasks: results.length,
    successful_tasks: successful,
    failed_tasks: results.length - successful,
    batch_results: results,
    text: results.map(({ task_id, text, error }) => `${String(task_id)}: ${String(text ?? error)}`).join('\n\n'),
  };
}
