import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, type ErrorData, errorCodes, isHeddleError, toErrorData } from '../errors.ts';

/** HTTP status of each code; what is not listed is our own fault. */
const statuses: Readonly<Partial<Record<string, ContentfulStatusCode>>> = {
  CYCLE: 422,
  UNKNOWN_NODE: 422,
  UNKNOWN_MODULE: 422,
  DUPLICATE_ID: 422,
  SELF_LOOP: 422,
  BAD_EXPRESSION: 422,
  BAD_SCHEMA: 422,
  BAD_INPUT: 422,
  RESERVED_ID: 422,
  UNSATISFIABLE_RESOURCES: 422,
  UNSUPPORTED: 422,
  UNKNOWN_FORMAT: 422,
  LIMIT_EXCEEDED: 422,
  BAD_SYNTAX: 400,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  NOT_ALLOWED: 409,
  CONFLICT: 409,
  LEASE_UNAVAILABLE: 409,
  FENCED: 409,
  RESOURCE_UNAVAILABLE: 409,
  STORAGE_FAILED: 503,
  ABORTED: 503,
};

/** What the API itself may ask for in `details.status`. */
const toldStatuses = [401, 403, 422, 426, 429, 503] as const;

/** Answers with application/problem+json (RFC 9457). */
export function problem(c: Context, thrown: unknown): Response {
  const error = toErrorData(thrown, 'INVARIANT');
  const errors = isHeddleError(thrown) && thrown.errors !== undefined ? thrown.errors : undefined;
  const status = problemStatus(thrown);
  const { status: _, ...details } = error.details ?? {};
  const shown = Object.keys(details).length > 0 ? { ...error, details } : withoutDetails(error);
  return problemOf(c, status, shown, errors);
}

/** The status something thrown is answered with. */
export function problemStatus(thrown: unknown): ContentfulStatusCode {
  const { code, details } = toErrorData(thrown, 'INVARIANT');
  return toldStatuses.find((status) => status === details?.status) ?? statuses[code] ?? 500;
}

function withoutDetails({ details: _, ...error }: ErrorData): ErrorData {
  return error;
}

export function problemOf(
  c: Context,
  status: ContentfulStatusCode,
  error: ErrorData,
  errors?: readonly ErrorData[],
): Response {
  const title = error.code in errorCodes ? errorCodes[error.code as ErrorCode] : 'the request failed';
  const body = {
    type: `urn:heddle:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    instance: new URL(c.req.url).pathname,
    ...(error.path !== undefined && { path: error.path }),
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.details !== undefined && { details: error.details }),
    ...(errors !== undefined && { errors }),
  };
  const retryAfterS = error.details?.retryAfterS ?? (status === 503 || status === 429 ? 1 : undefined);
  const headers = {
    'content-type': 'application/problem+json',
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
    ...(status === 426 && { upgrade: 'websocket' }),
  };
  return c.body(JSON.stringify(body), status, headers);
}
