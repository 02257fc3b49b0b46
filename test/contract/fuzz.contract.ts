import { describe, expect, test } from 'vitest';
import { openApiOf } from '../../src/api/openapi.ts';
import { routes } from '../../src/api/routes.ts';
import { checkAgainstSchema } from '../../src/program/schema.ts';
import { type GeneratedRequest, RequestGenerator } from './request-generator.ts';
import { type ApiFetch, post, quick, waits } from './service.ts';

const document = openApiOf(routes);

/** Why an answer is not one that the document allows; undefined when it is. */
async function fault({ operation }: GeneratedRequest, response: Response): Promise<string | undefined> {
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (type === 'text/event-stream') {
    await response.body?.cancel();
    return operation.operationId === 'getEvents' && response.status === 200 ? undefined : 'a stream of what?';
  }
  const text = await response.text();
  const told = `${response.status} ${type} ${text.slice(0, 300)}`;
  const isReady = operation.operationId === 'getReady';
  if (response.status >= 500 && !isReady) return told;
  const answer = operation.responses[response.status] ?? operation.responses.default;
  const allowed = response.status >= 400 && !isReady ? operation.responses.default : answer;
  if (allowed?.content === undefined) return text === '' ? undefined : `nothing was expected: ${told}`;
  const content = (allowed.content as { [type: string]: { readonly schema?: object } })[type];
  if (content === undefined) return `of another type: ${told}`;
  if (!/json$/.test(type) || content.schema === undefined) return undefined;
  const schema = { ...content.schema, components: document.components };
  const [error] = checkAgainstSchema(schema as never, JSON.parse(text));
  return error === undefined ? undefined : `${error.message}: ${told}`;
}

/** Why a request was not answered as it should be; one that hangs is not. */
async function answered(
  request: GeneratedRequest,
  send: () => Response | Promise<Response>,
  count: (status: number) => void,
): Promise<string | undefined> {
  try {
    const response = await send();
    count(response.status);
    return await fault(request, response);
  } catch (thrown) {
    return `no whole answer: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  }
}

const named: { readonly [name: string]: readonly unknown[] } = {
  name: ['quick', 'waits'],
  event: ['go'],
  status: ['RUNNING', 'COMPLETED,FAILED'],
  program: [quick, waits, JSON.stringify(quick)],
  from: ['a'],
  metric: ['execution_duration', 'error_rate'],
  version: ['0'.repeat(64)],
};

/** Executions that have ended, that run and that are paused, a checkpoint and an alert. */
async function idsOfThings(fetch: ApiFetch): Promise<readonly string[]> {
  for (const program of [quick, waits]) {
    await fetch(`/v1/programs/${program.name}`, { method: 'PUT', body: JSON.stringify(program) });
  }
  const start = async (program: object, prefer: string): Promise<string> => {
    const { body } = await post(fetch, '/v1/executions', { program }, { prefer });
    return (body as { executionId: string }).executionId;
  };
  const ended = [await start(quick, 'wait=5'), await start(quick, 'wait=5'), await start(quick, 'wait=5')];
  const unfinished = [await start(waits, 'wait=0'), await start(waits, 'wait=0'), await start(waits, 'wait=0')];
  const { body: checkpoint } = await post(fetch, `/v1/executions/${unfinished[0]}/checkpoints`, {});
  await post(fetch, `/v1/executions/${unfinished[1]}/pause`, {});
  const condition = { metric: 'error_rate', operator: 'gt', threshold: 1 };
  const { body: alert } = await post(fetch, '/v1/alerts', condition);
  return [...ended, ...unfinished, (checkpoint as { id: string }).id, (alert as { id: string }).id];
}

/** Whatever is sent, the answer is one that the OpenAPI document tells of, and never the service's fault. */
export function fuzzContract(name: string, fetch: ApiFetch, count: number, seed = 1): void {
  describe(`fuzzed: ${name}`, () => {
    test(`${count} requests generated from the OpenAPI document are answered as it says`, {
      timeout: 3_600_000,
    }, async () => {
      let ids: readonly string[] = [];
      const known = (of: string): readonly unknown[] => (of === 'id' ? ids : (named[of] ?? []));
      const generator = new RequestGenerator(document, seed, known);
      const faults: string[] = [];
      const statuses: Record<string, number> = {};
      for (let sent = 0; sent < count; sent++) {
        // Much of what is sent ends or erases something: what it is sent to has to be made anew.
        if (sent % 100 === 0) ids = await idsOfThings(fetch);
        const request = generator.next();
        const { path, init } = request;
        const found = await answered(
          request,
          () => fetch(path, { ...init, signal: AbortSignal.timeout(30_000) }),
          (status) => {
            const key = `${Math.floor(status / 100)}xx`;
            statuses[key] = (statuses[key] ?? 0) + 1;
          },
        );
        if (found !== undefined) faults.push(`${init.method} ${path} ${JSON.stringify(init.body)}: ${found}`);
      }
      const told = Object.entries(statuses).map(([status, times]) => `${times} times ${status}`);
      console.log(`${count} requests ${name}, seed ${seed}: ${told.sort().join(', ')}; ${faults.length} faults`);
      expect(faults.slice(0, 10)).toEqual([]);
      // Neither all refused nor all waved through.
      expect(statuses['2xx']).toBeGreaterThan(count / 10);
      expect(statuses['4xx']).toBeGreaterThan(count / 10);
    });
  });
}
