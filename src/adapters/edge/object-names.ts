import { sha256Hex, utf8 } from '../../program/digest.ts';

/**
 * The names of the objects of a tenant. The tenant is the first part of each, without a slash, so that no name of one
 * tenant is a name of another.
 */
export interface ObjectNames {
  execution(executionId: string): string;
  program(programName: string): string;
  runner(index: number): string;
  cache(key: string, shards: number): string;
  readonly catalogue: string;
}

export function objectNames(tenant: string): ObjectNames {
  const of = (...parts: readonly (string | number)[]): string =>
    [tenant, ...parts].map((part) => encodeURIComponent(part)).join('/');
  return {
    execution: (executionId) => of(rootOf(executionId)),
    program: (programName) => of(programName),
    runner: (index) => of(index),
    cache: (key, shards) => of(shardOf(key, shards)),
    catalogue: of(),
  };
}

/** No tenant has this name: encoded, it would be another. */
export const directoryName = '*/';

/** Sub-programs and forks live in the object of the execution they came from, whose id theirs begins with. */
export function rootOf(executionId: string): string {
  return executionId.split('.', 1)[0] ?? '';
}

/** The same key always has the same shard, as long as their number stays the same. */
export function shardOf(key: string, shards: number): number {
  return Number.parseInt(sha256Hex(utf8(key)).slice(0, 8), 16) % shards;
}
