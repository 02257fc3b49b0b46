import { afterAll } from 'vitest';
import { type ApiFetch, access } from '../contract/service.ts';
import { bundleWorker, Workerd } from './workerd.ts';

/** The Worker with the modules of test/homes in a workerd of its own, which is gone after the tests of the file. */
export async function edgeService(bindings: Record<string, string> = {}): Promise<ApiFetch & { readonly url: string }> {
  const workerd = await Workerd.temporary(await bundleWorker('test/edge/ledger-worker.ts'), { bindings });
  afterAll(() => workerd.stop());
  const { url } = workerd;
  return Object.assign((path: string, init?: RequestInit) => fetch(`${url}${path}`, init), { url });
}

/** The settings of test/contract/service.ts as a deployment has them. */
export const closed = {
  HEDDLE_API_KEYS: JSON.stringify(access.keys),
  HEDDLE_JWT: JSON.stringify(access.jwt),
  HEDDLE_RATE_LIMIT: '100000/100000',
};
