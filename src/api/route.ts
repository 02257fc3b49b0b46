import type { Context } from 'hono';
import type { JsonSchema } from '../program/program.ts';
import type { Principal, Role } from './principal.ts';

/** One operation of the API: what the router, the authorisation, the checks and the OpenAPI document are made of. */
export interface Route {
  readonly operation: Operation;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** `/v1/executions/{id}/pause`; a verb after a colon belongs to its part, as in `/v1/programs:validate`. */
  readonly path: string;
  readonly summary: string;
  /** What the caller has to be allowed; `none` for what everybody may see. */
  readonly role: Role | 'none';
  readonly tag: 'executions' | 'programs' | 'service';
  readonly query?: { readonly [name: string]: Parameter };
  readonly headers?: { readonly [name: string]: Parameter };
  readonly body?: Body;
  /** By status, the schema of the answer; problems of every route are not listed. */
  readonly answers: { readonly [status: number]: Answer };
}

export interface Parameter {
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface Body {
  /** `document`: JSON or YAML; `bundle`: the CBOR of an export. */
  readonly kind: 'document' | 'bundle';
  readonly schema?: JsonSchema;
}

export interface Answer {
  readonly description: string;
  readonly schema?: JsonSchema;
  /** When it is not JSON. */
  readonly type?: string;
}

export type Operation =
  | `${'get' | 'list'}${'Health' | 'Ready' | 'Metrics' | 'OpenApi' | 'Docs' | 'Modules' | 'Resources' | 'Alerts'}`
  | `${'list' | 'get' | 'put' | 'delete'}Program${'' | 's' | 'Versions' | 'History' | 'Profile' | 'Bottlenecks' | 'Status'}`
  | 'validateProgram'
  | 'optimizeProgram'
  | 'revertProgram'
  | 'startProgram'
  | 'startExecution'
  | 'listExecutions'
  | `${'get' | 'pause' | 'resume' | 'cancel' | 'signal' | 'fork' | 'change' | 'export' | 'import' | 'delete' | 'monitor'}Execution`
  | 'getResult'
  | 'getEvents'
  | 'listCheckpoints'
  | 'createCheckpoint'
  | 'restoreCheckpoint'
  | 'createAlert'
  | 'deleteAlert';

/** A request that was let in and read. */
export interface ApiRequest {
  readonly c: Context;
  readonly route: Route;
  readonly principal: Principal;
  readonly params: { readonly [name: string]: string };
  readonly query: { readonly [name: string]: string };
  /** `{}` when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What a new execution is to be called. */
  readonly newId: string;
  /** `newId` was used before by a request with the same key, whose answer was lost. */
  readonly again: boolean;
}

export type Handler = (request: ApiRequest) => Response | Promise<Response>;
export type Handlers = { readonly [operation in Operation]?: Handler };
