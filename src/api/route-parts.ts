import type { Parameter } from './route.ts';
import { ref, schemas } from './schemas.ts';

/** Parts that routes have in common. */
export const limit: Parameter = {
  description: 'at most so many, 100 when absent',
  schema: { type: 'integer', minimum: 1, maximum: 1000 },
};
export const cursor: Parameter = {
  description: '`next` of the page before',
  schema: { type: 'string', maxLength: 512 },
};
export const updates: Parameter = {
  description:
    '`true`: after every batch of events one `UPDATE` without an id, with the figures and messages as they are then',
  schema: { enum: ['true', 'false'] },
};
export const version: Parameter = {
  description: 'digest of a version; the latest when absent',
  schema: { type: 'string', pattern: '^[0-9a-f]{64}$' },
};
export const after: Parameter = {
  description: 'id of the event to go on after',
  schema: { type: 'integer', minimum: 0 },
};
export const prefer: { readonly [name: string]: Parameter } = {
  Prefer: {
    description: '`wait=30`: answer with the result when it ends within so many seconds, at most 30',
    schema: { type: 'string' },
  },
};
export const idempotent: { readonly [name: string]: Parameter } = {
  'Idempotency-Key': {
    description: 'a request with the same key is done once within 24 h',
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  },
};
export const done = (name: keyof typeof schemas, description = 'as asked') => ({ description, schema: ref(name) });
export const body = (name: keyof typeof schemas) => ({ kind: 'document', schema: schemas[name] }) as const;
