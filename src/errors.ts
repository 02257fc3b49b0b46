/**
 * Every error of Heddle is a value with a stable code, so that it can be journaled, sent over HTTP and compared.
 * The class only exists to be thrown; recognise one with {@link isHeddleError}, never with `instanceof`,
 * because errors cross realms (Web Workers, Durable Objects) where classes differ.
 */

/** Every code, with the one sentence that says when it is used. The only enumeration of codes in the product. */
export const errorCodes = {
  // A program that cannot run.
  CYCLE: 'the dependencies form a cycle',
  UNKNOWN_NODE: 'a reference names a node the program does not have',
  UNKNOWN_MODULE: 'no module of that name and version is registered on this host',
  DUPLICATE_ID: 'two nodes have the same id',
  SELF_LOOP: 'a node depends on itself',
  BAD_EXPRESSION: 'an expression does not parse, or failed when it was evaluated',
  BAD_SCHEMA: 'a document or value does not have the required shape',
  BAD_SYNTAX: 'a text is not the JSON or YAML it should be',
  LIMIT_EXCEEDED: 'a documented limit is exceeded',
  RESERVED_ID: 'an id is reserved by the language or by the expression scope',
  UNSATISFIABLE_RESOURCES: 'a node requires more than the host can ever give',
  UNSUPPORTED: 'the program asks for something this version does not run',
  UNKNOWN_FORMAT: 'a file is of no known format',
  // A task that failed.
  MODULE_FAILED: 'the code of a module threw',
  BAD_INPUT: 'the input of a module or program does not match its schema',
  BAD_OUTPUT: 'the output of a module cannot be stored or does not match its schema',
  TIMEOUT: 'an attempt or an execution took longer than its limit',
  IDLE_TIMEOUT: 'an attempt gave no sign of life for longer than its limit',
  RETRY_BUDGET_SPENT: 'the execution has used up its budget of retries',
  COMPENSATED: 'an execution failed and what it had done was undone',
  ABORTED: 'an attempt was told to stop',
  RUNNER_LOST: 'the worker that ran an attempt disappeared',
  BREAKER_OPEN: 'a circuit breaker keeps calls from a service that has failed too often',
  // An execution that cannot go on.
  TOO_MANY_FAILURES: 'more tasks failed than the tolerance allows',
  INVARIANT: 'the engine found its own state to be impossible and stopped instead of going on wrong',
  ILLEGAL_TRANSITION: 'a task was moved in a way the transition table does not allow',
  // A request the engine refuses.
  NOT_FOUND: 'no such execution, program, checkpoint, artifact or reservation',
  ALREADY_EXISTS: 'an execution or an allocation of that id exists',
  RESOURCE_UNAVAILABLE: 'resources that exist are taken or reserved at the moment',
  NOT_ALLOWED: 'the execution is not in a state that allows this',
  FENCED: 'another host has taken the execution over',
  CONFLICT: 'the journal has moved on since it was read',
  LEASE_UNAVAILABLE: 'another host is driving the execution',
  // A store that failed.
  STORAGE_FAILED: 'the store could not read or write',
  CORRUPT: 'stored bytes are not what was written',
} as const;

export type ErrorCode = keyof typeof errorCodes;

/** An error as data: JSON-safe, journaled as it is. Codes are open here, because a module may fail with its own. */
export interface ErrorData {
  readonly code: ErrorCode | (string & {});
  /** What, where and which limit. */
  readonly message: string;
  /** JSON path into the program or document, such as `nodes.answer.with.question`. */
  readonly path?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Whether another attempt may succeed. */
  readonly retryable?: boolean;
  /** Further facts, JSON-safe: `cycle: string[]` for CYCLE, `limit` and `actual` for LIMIT_EXCEEDED. */
  readonly details?: Readonly<Record<string, unknown>>;
}

const brand = Symbol.for('heddle.error');

export class HeddleError extends Error implements ErrorData {
  readonly code: ErrorData['code'];
  readonly path?: string;
  readonly hint?: string;
  readonly retryable?: boolean;
  readonly details?: Readonly<Record<string, unknown>>;
  /** All the errors of a refused program or document; absent when there is only this one. */
  readonly errors?: readonly ErrorData[];

  constructor(data: ErrorData, errors?: readonly ErrorData[]) {
    super(data.message);
    this.name = 'HeddleError';
    this.code = data.code;
    if (data.path !== undefined) this.path = data.path;
    if (data.hint !== undefined) this.hint = data.hint;
    if (data.retryable !== undefined) this.retryable = data.retryable;
    if (data.details !== undefined) this.details = data.details;
    if (errors !== undefined) this.errors = errors;
    Object.defineProperty(this, brand, { value: true });
  }

  toJSON(): ErrorData {
    return errorData(this);
  }
}

export function isHeddleError(thrown: unknown): thrown is HeddleError {
  return typeof thrown === 'object' && thrown !== null && (thrown as Record<symbol, unknown>)[brand] === true;
}

/** The data of an error without the class, safe to journal and to send. */
export function errorData(error: ErrorData): ErrorData {
  return {
    code: error.code,
    message: error.message,
    ...(error.path !== undefined && { path: error.path }),
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.retryable !== undefined && { retryable: error.retryable }),
    ...(error.details !== undefined && { details: error.details }),
  };
}

/** Whatever was thrown, as data. A thrown value without a code of its own gets `fallback`. */
export function toErrorData(thrown: unknown, fallback: ErrorCode): ErrorData {
  if (isHeddleError(thrown)) return errorData(thrown);
  if (thrown instanceof Error || (typeof thrown === 'object' && thrown !== null && 'message' in thrown)) {
    const { code, message, retryable } = thrown as { code?: unknown; message?: unknown; retryable?: unknown };
    return {
      code: typeof code === 'string' && code !== '' ? code : fallback,
      message: String(message),
      ...(typeof retryable === 'boolean' && { retryable }),
    };
  }
  return { code: fallback, message: describe(thrown) };
}

function describe(thrown: unknown): string {
  try {
    return `thrown: ${String(thrown)}`;
  } catch {
    return 'thrown: a value that cannot be shown';
  }
}
