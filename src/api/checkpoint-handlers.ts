import type { ExecutionHandle } from '../host/execution-engine.ts';
import type { ExecutionCheckpoint } from '../host/view/checkpoint-view.ts';
import type { ServedEngine } from './backend.ts';
import { told } from './execution-answer.ts';
import { json } from './json.ts';
import type { ApiRequest, Handlers } from './route.ts';

/** Checkpoints of executions. */
export function checkpointHandlers(
  engine: ServedEngine,
  opened: (request: ApiRequest) => Promise<ExecutionHandle>,
): Handlers {
  return {
    async listCheckpoints(request) {
      const { id } = await opened(request);
      return json(request.c, { items: (await engine.listCheckpoints(id)).map(viewCheckpoint) });
    },
    async createCheckpoint(request) {
      const { id } = await opened(request);
      return json(request.c, viewCheckpoint(await engine.createCheckpoint(id)), 201);
    },
    async restoreCheckpoint(request) {
      const { id = '' } = request.params;
      const executionId = await engine.executionOf(id);
      await engine.restoreFromCheckpoint(id);
      return told(request, await engine.open(executionId), 202);
    },
  };
}

function viewCheckpoint({ state, ...checkpoint }: ExecutionCheckpoint) {
  const { taskStates, resourceAllocations, variables, ...rest } = state;
  return {
    ...checkpoint,
    state: {
      ...rest,
      taskStates: Object.fromEntries(taskStates),
      resourceAllocations: Object.fromEntries(resourceAllocations),
      variables: Object.fromEntries(variables),
    },
  };
}
