import { executionsRoutes } from './executions-routes.ts';
import { programsRoutes } from './programs-routes.ts';
import type { Route } from './route.ts';
import { serviceRoutes } from './service-routes.ts';

/** Every route there is: whatever is not here is not served. */
export const routes: readonly Route[] = [
  ...serviceRoutes.map((route) => ({ ...route, tag: 'service' as const })),
  ...programsRoutes.map((route) => ({ ...route, tag: 'programs' as const })),
  ...executionsRoutes.map((route) => ({ ...route, tag: 'executions' as const })),
];
