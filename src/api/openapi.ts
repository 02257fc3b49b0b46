import type { Answer, Route } from './route.ts';
import { schemas } from './schemas.ts';

const problem = {
  description: 'what went wrong (RFC 9457)',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The OpenAPI 3.1 document of the routes. */
export function openApiOf(routes: readonly Route[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = paths[route.path] ?? {};
    paths[route.path] = path;
    path[route.method.toLowerCase()] = operationOf(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Heddle', version: '1', description: 'Durable execution of programs (DAGs of modules).' },
    paths,
    components: {
      schemas,
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'a key of the service, or a JWT' } },
    },
  };
}

function operationOf({ operation, summary, role, tag, path, query = {}, headers = {}, body, answers }: Route) {
  return {
    operationId: operation,
    summary,
    tags: [tag],
    security: role === 'none' ? [] : [{ bearer: [] }],
    ...(role !== 'none' && { description: `Needs the role ${role}.` }),
    parameters: [
      ...paramsOf(path).map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
      ...Object.entries(query).map(([name, parameter]) => ({ name, in: 'query', ...parameter })),
      ...Object.entries(headers).map(([name, parameter]) => ({ name, in: 'header', ...parameter })),
    ],
    ...(body !== undefined && {
      requestBody: {
        required: body.kind === 'bundle',
        content:
          body.kind === 'bundle'
            ? { 'application/cbor': {} }
            : {
                'application/json': { schema: body.schema ?? { type: 'object' } },
                'application/yaml': { schema: body.schema ?? { type: 'object' } },
              },
      },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, answerOf(answer)])),
      default: problem,
    },
  };
}

function answerOf({ description, schema, type = 'application/json' }: Answer) {
  if (schema === undefined && type === 'application/json') return { description };
  return { description, content: { [type]: schema === undefined ? {} : { schema } } };
}

/** Names of the parts of a path that stand for something. */
export function paramsOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
}
