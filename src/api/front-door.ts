import type { Hono } from 'hono';
import { HeddleError } from '../errors.ts';
import { unpackBundle } from '../host/keep/bundle.ts';
import { utf8 } from '../program/digest.ts';
import { type AccessOptions, authentication } from './access.ts';
import { createApp } from './app.ts';
import type { Audit } from './audit.ts';
import { type ExecutionHome, homeOf, type ServiceBackend, type TenantBackend } from './backend.ts';
import { sentNotStored } from './execution-handlers.ts';
import { executionsRoutes } from './executions-routes.ts';
import { forwardedRequest } from './forwarded.ts';
import { toJson } from './json.ts';
import { programHandlers } from './program-handlers.ts';
import type { RateLimit } from './rate-limit.ts';
import type { ApiRequest, Handlers } from './route.ts';
import { serviceHandlers, tenantHandlers } from './service-handlers.ts';

export interface FrontDoorOptions {
  readonly service: ServiceBackend;
  readonly tenant: (name: string) => TenantBackend;
  /** The home of an execution of a tenant; `id` is one that {@link homeOf} gives. */
  readonly execution: (tenant: string, id: string) => ExecutionHome;
  readonly newId: () => string;
  readonly access: AccessOptions;
  readonly rateLimit?: RateLimit;
  readonly origins?: readonly string[];
  readonly audit?: Audit;
}

/**
 * The whole API of a service whose executions have homes of their own: here requests are let in, read and done once, and what
 * is asked of an execution is passed on to its home.
 */
export function createFrontDoor({ service, tenant, execution, newId, access, ...more }: FrontDoorOptions): Hono {
  const tenantOf = ({ principal }: ApiRequest): TenantBackend => tenant(principal.tenant);
  const passOn = async (request: ApiRequest, id: string, instead?: Parameters<typeof forwardedRequest>[1]) => {
    const { tenant: of } = request.principal;
    // Nothing that is called otherwise was ever made; what cannot stand in a header cannot be asked for either.
    if (!/^[\x21-\x7e]{1,256}$/.test(id)) throw new HeddleError({ code: 'NOT_FOUND', message: 'there is no such id' });
    try {
      return await execution(of, homeOf(id)).fetch(forwardedRequest(request, instead));
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      throw new HeddleError({
        code: 'ABORTED',
        message: `the home of execution ${id} was lost while it answered: ${why}`,
        hint: 'ask again, with an Idempotency-Key if it is to be done once',
        retryable: true,
      });
    }
  };
  const toItsHome = (request: ApiRequest) => passOn(request, request.params.id ?? '');
  /** What comes of an execution has its home, which its id has to say. */
  const toItsHomeWithNewId = (request: ApiRequest) => {
    const id = homeOf(request.params.id ?? '');
    return passOn(request, id, { newId: `${id}.${request.newId}` });
  };
  const ofExecutions = Object.fromEntries(
    executionsRoutes.map(({ operation }) => [operation, toItsHome] as const),
  ) as Handlers;
  return createApp({
    ...more,
    handlers: {
      ...ofExecutions,
      startExecution: (request) => passOn(request, request.newId),
      forkExecution: toItsHomeWithNewId,
      changeExecution: toItsHomeWithNewId,
      importExecution: (request) => passOn(request, importedId(request)),
      ...serviceHandlers(service),
      ...programHandlers(service, tenantOf, (request, program) => {
        const body = Uint8Array.from(utf8(toJson({ ...request.body, program })));
        return passOn(request, request.newId, { path: '/v1/executions', body });
      }),
      ...tenantHandlers(tenantOf, service.now),
    },
    authenticate: authentication(access),
    newId: () => ({ newId: newId(), again: false }),
    now: service.now,
    idempotency: (name) => tenant(name).records,
  });
}

/** @throws CORRUPT, which is the sender's fault */
function importedId({ bytes }: ApiRequest): string {
  try {
    return unpackBundle(bytes)[0].header.executionId;
  } catch (thrown) {
    throw sentNotStored(thrown);
  }
}
