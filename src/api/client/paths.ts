/** Where an execution is found at a service. */
export function pathOf(executionId: string): string {
  return `/v1/executions/${encodeURIComponent(executionId)}`;
}

/** Where a program is found at a service. */
export function programPath(name: string): string {
  return `/v1/programs/${encodeURIComponent(name)}`;
}
