import { limits } from './limits.ts';
import {
  boolean,
  durationMs,
  either,
  isRecord,
  json,
  list,
  map,
  number,
  type Report,
  record,
  type Shape,
  text,
  word,
} from './shape.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const isList = (value: unknown): boolean => Array.isArray(value);
const isNumber = (value: unknown): boolean => typeof value === 'number';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';

const name = text(limits.idCharsMax);
const condition = text(limits.expressionCharsMax);
const count = number({ min: 1, max: limits.concurrencyMax });
const jsonSchema = either('a JSON Schema', [isBoolean, boolean], [isRecord, json]);
const tolerance = either(
  'strict, tolerant or { threshold }',
  [isText, word('strict', 'tolerant')],
  [isRecord, record({ threshold: number() }, ['threshold'])],
);

const strategy = word('sequential', 'parallel', 'pipeline', 'optimized', 'resource_aware');

/** What an execution may override of its program. */
export const optionsShape: Shape = record({
  strategy,
  tolerance,
  concurrency: count,
  timeoutMs: durationMs,
  lazy: boolean,
});

const retry = record({
  attempts: number({ min: 1, max: limits.attemptsMax }),
  backoff: word('immediate', 'fixed', 'linear', 'exponential', 'fibonacci'),
  delayMs: durationMs,
  maxDelayMs: durationMs,
  factor: number({ min: 1, max: 1000, whole: false }),
  jitter: word('none', 'full', 'equal'),
  nonRetryable: list(name),
});

const moduleCall = record({ module: name, with: json }, ['module']);

/** One node; what it runs, and what it refers to, is for validate.ts. */
export const nodeShape: Shape = record({
  module: name,
  program: (value, path, report) => subProgram(value, path, report),
  waitFor: record({ event: name, timeoutMs: durationMs }, ['event']),
  sleepMs: either('ms, or an expression', [isNumber, durationMs], [isText, text()]),
  sleepUntil: text(),
  with: json,
  needs: list(name),
  if: condition,
  join: either(
    'all, any or { quorum }',
    [isText, word('all', 'any')],
    [isRecord, record({ quorum: number({ min: 1 }) }, ['quorum'])],
  ),
  trigger: word('success', 'failure', 'always'),
  forEach: record(
    {
      items: either('an expression or a list', [isText, text()], [isList, json]),
      maxParallel: count,
      batchSize: count,
      tolerance,
    },
    ['items'],
  ),
  repeat: record({ while: condition, maxIterations: count }, ['while', 'maxIterations']),
  retry,
  timeoutMs: durationMs,
  idleTimeoutMs: durationMs,
  breaker: record({ failures: count, openMs: durationMs, halfOpenMax: count, key: name }),
  bulkhead: record({ key: name, limit: count }, ['key', 'limit']),
  fallback: either(
    '{ module, with } or { value }',
    [(value) => isRecord(value) && 'value' in value, record({ value: json }, ['value'])],
    [isRecord, moduleCall],
  ),
  compensate: moduleCall,
  critical: boolean,
  resources: map(number({ whole: false })),
  priority: number({ max: 10 }),
  rateLimit: record({ key: name, perSecond: number({ whole: false }) }, ['key', 'perSecond']),
  cache: record({ ttlMs: durationMs, scope: name }),
  runOn: word('inline', 'worker', 'shard', 'queue'),
  summary: text(),
});

const members = {
  heddle: (value: unknown, path: string, report: Report) => {
    if (value !== 1)
      report({
        code: 'BAD_SCHEMA',
        message: `${path} is ${String(value)}, this version reads format 1`,
        path,
        hint: 'write heddle: 1',
      });
  },
  name,
  description: text(),
  inputs: jsonSchema,
  strategy,
  tolerance,
  onFailure: word('fail', 'compensate', 'pause'),
  limits: record({
    concurrency: count,
    timeoutMs: durationMs,
    retryBudget: record({ ratio: number({ max: 1, whole: false }), min: number() }, ['ratio']),
    checkpoint: record({ events: number({ min: 10 }), bytes: number({ min: 1024 }), everyMs: durationMs }),
  }),
  targets: record({ durationMs, successRate: number({ max: 1, whole: false }) }),
  outputs: map(json),
};
const required = ['heddle', 'name', 'nodes'] as const;

/** A program file, version 1, but for what is inside its nodes. */
export const programShellShape: Shape = record({ ...members, nodes: map(() => undefined) }, required);

const programShape: Shape = record({ ...members, nodes: map(nodeShape) }, required);

const subProgram: Shape = either('the name of a program, or a program', [isText, name], [isRecord, programShape]);
