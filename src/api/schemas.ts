import { errorCodes } from '../errors.ts';
import { ExecutionStatus } from '../observe/status.ts';
import type { JsonSchema } from '../program/program.ts';

/** The shapes of what is sent and answered: part of the OpenAPI document, and what the tests hold the answers against. */
const text: JsonSchema = { type: 'string' };
const count: JsonSchema = { type: 'integer', minimum: 0 };
const number: JsonSchema = { type: 'number' };
const date: JsonSchema = { type: 'string', format: 'date-time' };
const open: JsonSchema = { type: 'object' };
export const status: JsonSchema = { enum: Object.values(ExecutionStatus) };
const anyStatus = Object.values(ExecutionStatus).join('|');
export const statuses: JsonSchema = { type: 'string', pattern: `^(${anyStatus})(,(${anyStatus}))*$`, maxLength: 200 };

export const ref = (name: keyof typeof schemas): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
export const listOf = (item: JsonSchema): JsonSchema => ({
  type: 'object',
  required: ['items'],
  properties: { items: { type: 'array', items: item }, next: { ...text, description: 'cursor of the next page' } },
});

function object(properties: { readonly [name: string]: JsonSchema }, optional: readonly string[] = []): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties).filter((name) => !optional.includes(name)) };
}

const error = object(
  { code: text, message: text, path: text, hint: text, retryable: { type: 'boolean' }, details: open },
  ['path', 'hint', 'retryable', 'details'],
);

export const schemas = {
  Problem: object(
    {
      type: { type: 'string', description: 'urn:heddle:error:CODE' },
      title: text,
      status: { type: 'integer', minimum: 400, maximum: 599 },
      code: { type: 'string', description: `One of ${Object.keys(errorCodes).join(', ')}, or a module's own.` },
      detail: text,
      instance: text,
      path: text,
      hint: text,
      details: open,
      errors: { type: 'array', items: error },
    },
    ['path', 'hint', 'details', 'errors'],
  ),
  Status: object({ executionId: text, status }),
  Summary: object({
    executionId: text,
    programName: text,
    programDigest: text,
    status,
    createdAt: date,
    updatedAt: date,
  }),
  Event: object({ id: text, type: text, timestamp: date, taskId: text, description: text, data: open }, [
    'taskId',
    'data',
  ]),
  Update: object(
    {
      executionId: text,
      timestamp: date,
      status,
      progress: object({ percentage: number, totalTasks: count, completedTasks: count }),
      currentTask: text,
      metrics: open,
      quarantined: { type: 'boolean' },
    },
    ['currentTask', 'quarantined'],
  ),
  Result: object(
    {
      executionId: text,
      planId: text,
      status,
      startedAt: date,
      completedAt: date,
      result: {},
      error: open,
      metrics: open,
      resourceUsage: { type: 'array' },
      timeline: { type: 'array', items: { $ref: '#/components/schemas/Event' } },
    },
    ['completedAt', 'result', 'error'],
  ),
  Checkpoint: object({ id: text, executionId: text, timestamp: date, state: open, metadata: open }),
  Plan: object({
    order: { type: 'array', items: text },
    levels: { type: 'array', items: { type: 'array', items: text } },
    width: count,
    criticalPath: { type: 'array', items: text },
    makespanMs: { type: ['number', 'null'] },
  }),
  PlannedProgram: object({ name: text, version: text, plan: { $ref: '#/components/schemas/Plan' } }),
  ProgramVersion: object({ name: text, version: text, createdAt: date }, ['createdAt']),
  StoredProgram: object({ name: text, version: text, createdAt: date, program: open }, ['createdAt']),
  Module: object({ name: text, version: text, description: text, kind: text, input: {}, output: {} }, [
    'description',
    'input',
    'output',
  ]),
  Alert: object({ id: text, condition: open, fired: { type: 'array', items: open } }),
  Health: object({ status: { enum: ['healthy', 'degraded'] }, checks: open }, ['checks']),

  Start: {
    type: 'object',
    properties: { inputs: { type: 'object' }, options: { type: 'object' } },
  },
  StartInline: {
    type: 'object',
    required: ['program'],
    properties: {
      program: { anyOf: [{ type: 'object' }, { type: 'string' }] },
      inputs: { type: 'object' },
      options: { type: 'object' },
    },
  },
  Cancel: {
    type: 'object',
    properties: { reason: text, graceMs: { type: 'number', minimum: 0, maximum: 86_400_000 } },
  },
  Signal: { type: 'object', properties: { payload: {} } },
  Fork: {
    type: 'object',
    required: ['from'],
    properties: { from: { anyOf: [text, { type: 'array', items: text, minItems: 1 }] }, inputs: { type: 'object' } },
  },
  Change: {
    type: 'object',
    required: ['program'],
    properties: { program: { anyOf: [{ type: 'object' }, { type: 'string' }] } },
  },
  Optimize: { type: 'object', properties: { preview: { type: 'boolean' }, floorMs: { type: 'number', minimum: 0 } } },
  Condition: {
    type: 'object',
    required: ['metric', 'operator', 'threshold'],
    properties: {
      metric: text,
      operator: { enum: ['gt', 'lt', 'eq', 'gte', 'lte'] },
      threshold: number,
      duration: { type: 'number', minimum: 0 },
    },
  },
} as const satisfies { readonly [name: string]: JsonSchema };
