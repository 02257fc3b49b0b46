import type { Program } from '../../program/program.ts';
import type { Profile } from '../profile.ts';
import type { Change } from './change.ts';

/** Work that is shorter than this is not worth the way to a worker. */
const workerFromMs = 50;

/**
 * Moves long computations off the engine's thread. Only modules that are known to compute are moved: one that merely
 * waits holds nobody up, and time alone does not tell the two apart.
 *
 * @param cpuModules names, with or without their version
 */
export function proposePlacement(program: Program, profile: Profile, cpuModules: readonly string[]): readonly Change[] {
  return Object.entries(program.nodes).flatMap(([id, { module, runOn }]) => {
    const known = Object.hasOwn(profile.nodes, id) ? profile.nodes[id] : undefined;
    if (module === undefined || runOn !== undefined || known === undefined || known.meanMs <= workerFromMs) return [];
    if (!cpuModules.includes(module) && !cpuModules.includes(module.split('@')[0] ?? '')) return [];
    const why = `${module} computes for ${Math.round(known.meanMs)} ms on average, in which the engine's thread does nothing else.`;
    return { path: `nodes.${id}.runOn`, from: null, to: 'worker', why };
  });
}
