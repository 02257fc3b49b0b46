import type { PublishedFact } from '../engine/command.ts';
import type { Usage } from '../engine/usage.ts';
import type { ErrorData } from '../errors.ts';
import { sha256Hex, utf8 } from '../program/digest.ts';
import { AttemptsFold, type EndedAttempt, isEndOfExecution, type OpenAttempt } from './attempts.ts';
import { describeFact } from './describe.ts';
import { attributesOf, type Span, type SpanEvent, type SpanStatus, type TracesData, unixNano } from './otlp.ts';
import { parseTraceparent, type Traceparent } from './traceparent.ts';

export interface TraceOptions {
  readonly executionId: string;
  /** Name of the root span; `execution` when absent. */
  readonly programName?: string;
  /** By which it is scheduled. */
  readonly strategy?: string;
  /** Header of whoever asked for the execution: its trace is continued. One that is not valid is passed over. */
  readonly traceparent?: string;
  /** Spans still open are written as if they ended then; when absent they are left out, as exporters do. */
  readonly nowMs?: number;
  /** The resource `service.name`; `heddle` when absent. */
  readonly serviceName?: string;
}

/**
 * The trace of an execution: one root span, and under it one span per attempt. All ids follow from the execution's id, the
 * task and the attempt, so the same facts give the same spans wherever and however often they are exported. What concerns
 * neither is an event: of the attempt it names while that is open, otherwise of the root.
 */
export function traceOf(facts: Iterable<PublishedFact>, options: TraceOptions): TracesData {
  return {
    resourceSpans: [
      {
        resource: { attributes: attributesOf({ 'service.name': options.serviceName ?? 'heddle' }) },
        scopeSpans: [{ scope: { name: 'heddle' }, spans: spansOf(facts, options) }],
      },
    ],
  };
}

/** What a module may hand on, so that what it calls continues this attempt's span. */
export function attemptTraceparent(
  options: { readonly executionId: string; readonly traceparent?: string | undefined },
  { taskId, attempt, repeat = 0 }: { readonly taskId: string; readonly attempt: number; readonly repeat?: number },
): Traceparent {
  const caller = callerOf(options);
  return {
    traceId: caller?.traceId ?? traceIdOf(options.executionId),
    parentId: attemptSpanId(options.executionId, { taskId, attempt, repeat }),
    sampled: caller?.sampled ?? true,
  };
}

function spansOf(facts: Iterable<PublishedFact>, options: TraceOptions): readonly Span[] {
  const { executionId, nowMs } = options;
  const attempts = new AttemptsFold();
  const eventsOf = new Map<string, SpanEvent[]>();
  const rootEvents: SpanEvent[] = [];
  const spans: Span[] = [];
  const usageOf = new Map<string, Usage>();
  let started: PublishedFact | undefined;
  let ended: PublishedFact | undefined;
  for (const fact of facts) {
    const open = attempts.open.get(fact.taskId ?? '');
    const over = attempts.take(fact);
    for (const attempt of over)
      spans.push(attemptSpan(options, attempt, eventsOf.get(attempt.taskId) ?? [], usageOf.get(attempt.taskId)));
    for (const { taskId } of over) {
      eventsOf.delete(taskId);
      usageOf.delete(taskId);
    }
    // A late one says nothing of the attempt that is open now.
    if (fact.usage !== undefined && open?.attempt === fact.attempt) usageOf.set(fact.taskId ?? '', fact.usage);
    // Set back after its end, the execution goes on.
    if (fact.type === 'RECOVERY_INITIATED') ended = undefined;
    if (fact.type === 'EXECUTION_STARTED') started ??= fact;
    else if (isEndOfExecution(fact.type)) ended = fact;
    else if (over.some(({ taskId }) => taskId === fact.taskId) || saysNothing(fact)) continue;
    else if (open === undefined || open.attempt !== fact.attempt) rootEvents.push(spanEvent(fact));
    else eventsOf.set(open.taskId, [...(eventsOf.get(open.taskId) ?? []), spanEvent(fact)]);
  }

  if (nowMs !== undefined && ended === undefined) {
    for (const open of attempts.open.values())
      spans.push(attemptSpan(options, { ...open, endedAtMs: nowMs }, eventsOf.get(open.taskId) ?? []));
  }
  const endedAtMs = ended?.atMs ?? nowMs;
  if (started === undefined || endedAtMs === undefined) return spans;
  const caller = callerOf(options);
  const root = span(options, {
    spanId: rootSpanId(executionId),
    parentSpanId: caller?.parentId,
    name: options.programName ?? 'execution',
    startedAtMs: started.atMs,
    endedAtMs,
    attributes: {
      'heddle.execution.id': executionId,
      'heddle.program.name': options.programName,
      'heddle.execution.strategy': options.strategy,
      'heddle.execution.status': ended?.type.slice('EXECUTION_'.length) ?? 'RUNNING',
      'error.type': ended?.error?.code,
    },
    events: rootEvents,
    status: statusOf(ended?.type === 'EXECUTION_COMPLETED', ended?.error),
  });
  return [root, ...spans];
}

/** The start of an attempt is its span; that a task is ready shows by it. */
function saysNothing({ type, attempt }: PublishedFact): boolean {
  return type === 'TASK_READY' || (type === 'TASK_STARTED' && attempt !== undefined);
}

function attemptSpan(
  options: TraceOptions,
  attempt: EndedAttempt | (OpenAttempt & { readonly endedAtMs: number }),
  events: readonly SpanEvent[],
  usage: Usage = {},
): Span {
  const { taskId, startedAtMs, endedAtMs } = attempt;
  const [outcome, by] = 'by' in attempt ? [attempt.outcome, attempt.by] : ['running', undefined];
  const error = by?.taskId === taskId ? by.error : undefined;
  return span(options, {
    spanId: attemptSpanId(options.executionId, attempt),
    parentSpanId: rootSpanId(options.executionId),
    // Names of spans are to be few: the item is told by the attribute.
    name: taskId.replace(/\[\d+\]$/, ''),
    startedAtMs,
    endedAtMs,
    attributes: {
      'heddle.execution.id': options.executionId,
      'heddle.task.id': taskId,
      'heddle.task.attempt': attempt.attempt,
      'heddle.attempt.outcome': outcome,
      // The names of OpenTelemetry's conventions for generative models, and ours where there are none.
      'gen_ai.usage.input_tokens': usage.inputTokens,
      'gen_ai.usage.output_tokens': usage.outputTokens,
      'heddle.usage.cost_usd': usage.costUsd,
      'error.type': error?.code,
    },
    events,
    status: outcome === 'lost' ? { code: 2, message: 'lost' } : statusOf(outcome === 'succeeded', error),
  });
}

interface SpanParts extends Pick<Span, 'spanId' | 'name' | 'events' | 'status'> {
  readonly parentSpanId: string | undefined;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly attributes: Parameters<typeof attributesOf>[0];
}

function span(options: TraceOptions, { parentSpanId, startedAtMs, endedAtMs, ...parts }: SpanParts): Span {
  return {
    traceId: callerOf(options)?.traceId ?? traceIdOf(options.executionId),
    spanId: parts.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: parts.name,
    kind: 1,
    startTimeUnixNano: unixNano(startedAtMs),
    endTimeUnixNano: unixNano(Math.max(startedAtMs, endedAtMs)),
    attributes: attributesOf(parts.attributes),
    events: parts.events,
    status: parts.status,
  };
}

function spanEvent(fact: PublishedFact): SpanEvent {
  return {
    timeUnixNano: unixNano(fact.atMs),
    name: fact.type,
    attributes: attributesOf({
      'heddle.event.id': fact.id,
      'heddle.event.description': describeFact(fact),
      'heddle.task.id': fact.taskId,
      'heddle.task.attempt': fact.attempt,
      'error.type': fact.error?.code,
    }),
  };
}

function statusOf(succeeded: boolean, error: ErrorData | undefined): SpanStatus {
  if (error !== undefined) return { code: 2, message: `${error.code}: ${error.message}` };
  return { code: succeeded ? 1 : 0 };
}

function callerOf({ traceparent }: { readonly traceparent?: string | undefined }): Traceparent | undefined {
  return traceparent === undefined ? undefined : parseTraceparent(traceparent);
}

const traceIdOf = (executionId: string): string => hash('trace', executionId).slice(0, 32);
const rootSpanId = (executionId: string): string => hash('execution', executionId).slice(0, 16);

function attemptSpanId(
  executionId: string,
  { taskId, attempt, repeat }: { readonly taskId: string; readonly attempt: number; readonly repeat: number },
): string {
  return hash('attempt', executionId, taskId, attempt, repeat).slice(0, 16);
}

/** JSON keeps the parts apart. An id of only zeros, which would not be valid, is as likely as finding any other. */
function hash(...parts: readonly (string | number)[]): string {
  return sha256Hex(utf8(JSON.stringify(parts)));
}
