import type { ServiceBackend } from './backend.ts';

export interface Readiness {
  readonly isReady: boolean;
  readonly status: 'healthy' | 'degraded';
  readonly checks: { readonly [dependency: string]: { readonly status: string } };
}

/**
 * Whether requests can be served, by dependency, all of which are asked at once. A service that works although something is
 * degraded (its memory, a provider behind a breaker) is ready. Why something fails is for the log: this is open to everybody.
 */
export async function readiness({
  checks = {},
  health,
}: Pick<ServiceBackend, 'checks' | 'health'>): Promise<Readiness> {
  const asked = Object.entries(checks).map(async ([name, check]) => {
    const answered = Promise.resolve().then(check);
    return [name, { status: await answered.then(healthy, degraded) }] as const;
  });
  const own = Object.fromEntries(await Promise.all(asked));
  const told = await health?.();
  const engine = Object.entries(told?.checks ?? {}).map(([name, { status, figures }]) => [
    name,
    { status, ...(figures !== undefined && { figures }) },
  ]);
  const areOwnHealthy = Object.values(own).every(({ status }) => status === 'healthy');
  return {
    isReady: areOwnHealthy && told?.status !== 'unhealthy',
    status: areOwnHealthy && (told === undefined || told.status === 'healthy') ? 'healthy' : 'degraded',
    checks: { ...own, ...Object.fromEntries(engine) },
  };
}

const healthy = () => 'healthy';
const degraded = () => 'degraded';
