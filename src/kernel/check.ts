import { HeddleError } from '../errors.ts';
import type { EdgeList } from './edge-list.ts';
import { kernelLimits } from './kernel.ts';

/** What both kernels refuse before they touch memory, with the same words. */
export function checkEdges({ nodes, from, to }: EdgeList): void {
  checkLimits(nodes, from.length);
  checkEnds(from, to);
  for (let edge = 0; edge < from.length; edge++) {
    const [source, target] = [from[edge] ?? 0, to[edge] ?? 0];
    if (source >= nodes || target >= nodes)
      throw badShape(`edge ${edge} goes from ${source} to ${target}, but there are ${nodes} nodes`);
  }
}

export function checkLimits(nodes: number, edges: number): void {
  exceeds('nodes', nodes, kernelLimits.nodesMax);
  exceeds('edges', edges, kernelLimits.edgesMax);
}

/** What a workspace refuses before it looks at a single edge. */
export function checkFits(nodes: number, edges: number, nodesMax: number, edgesMax: number): void {
  if (!isCount(nodes) || !isCount(edges)) throw badShape(`a graph has no ${nodes} nodes and ${edges} edges`);
  exceeds('nodes', nodes, nodesMax);
  exceeds('edges', edges, edgesMax);
}

export function checkEnds(from: Uint32Array, to: Uint32Array): void {
  if (from.length !== to.length) throw badShape(`${from.length} sources and ${to.length} targets do not make edges`);
}

export function checkDurationCount(durations: Float64Array, nodes: number): void {
  if (durations.length !== nodes) throw badShape(`${durations.length} duration for ${nodes} nodes`);
}

/** Weights have to be finite and not negative: the algorithms order them by their bits. */
export function checkWeights(what: string, weights: Float64Array, nodes: number, negativeAllowed = false): void {
  if (weights.length !== nodes) throw badShape(`${weights.length} ${what} for ${nodes} nodes`);
  for (let node = 0; node < nodes; node++) {
    const weight = weights[node] ?? 0;
    if (!Number.isFinite(weight) || (weight < 0 && !negativeAllowed))
      throw badShape(`node ${node} has the ${what} ${weight}`);
  }
}

export function cycleError(cycle: Uint32Array): HeddleError {
  return new HeddleError({
    code: 'CYCLE',
    message: `the graph has a cycle of ${cycle.length} nodes, one of them is ${cycle[0]}`,
    details: { cycle: Array.from(cycle) },
  });
}

export function notTaken(node: number, nodes: number): HeddleError {
  const why = node >= nodes ? `there are ${nodes} nodes` : 'it was not taken from the queue, or is settled already';
  return new HeddleError({ code: 'NOT_ALLOWED', message: `node ${node} cannot be settled: ${why}` });
}

export function released(): HeddleError {
  return new HeddleError({ code: 'NOT_ALLOWED', message: 'the graph was released', hint: 'load it again' });
}

const isCount = (number: number): boolean => Number.isInteger(number) && number >= 0;

function exceeds(what: 'nodes' | 'edges', actual: number, limit: number): void {
  if (actual <= limit) return;
  throw new HeddleError({
    code: 'LIMIT_EXCEEDED',
    message: `the graph has ${actual} ${what}, the kernel takes ${limit}`,
    details: { limit, actual },
  });
}

function badShape(message: string): HeddleError {
  return new HeddleError({ code: 'BAD_SCHEMA', message });
}
