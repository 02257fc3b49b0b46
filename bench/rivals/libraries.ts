import type { StringGraph } from '../harness/string-graph.ts';

/** A library's own way from string ids to an order, and to levels where it has them. None of them gives a critical path. */
export interface Library {
  readonly name: string;
  /** Beyond so many nodes it takes too long, or overflows the stack. */
  readonly nodesMax: number;
  readonly run: (graph: StringGraph) => unknown;
}

/** Those that are installed. Their types are not: bench/ must compile without them. */
export async function libraries(): Promise<readonly Library[]> {
  const makers = [graphologyDag, toposort, dependencyGraph, d3Dag, graphlib];
  const made = await Promise.allSettled(makers.map((make) => make()));
  return made.flatMap((outcome) => {
    if (outcome.status === 'fulfilled') return [outcome.value];
    console.error(`left out: ${(outcome.reason as Error).message}`);
    return [];
  });
}

async function graphologyDag(): Promise<Library> {
  const { DirectedGraph } = await load('graphology');
  const { topologicalSort, topologicalGenerations } = await load('graphology-dag');
  const run = ({ nodes, edges }: StringGraph) => {
    const graph = new DirectedGraph();
    for (const { id } of nodes) graph.addNode(id);
    for (const [from, to] of edges) graph.mergeEdge(from, to);
    return [topologicalSort(graph), topologicalGenerations(graph)];
  };
  return { name: 'graphology-dag', nodesMax: 10_000, run };
}

async function toposort(): Promise<Library> {
  const sort = await load('toposort');
  const run = ({ nodes, edges }: StringGraph) =>
    sort.array(
      nodes.map(({ id }) => id),
      edges,
    );
  return { name: 'toposort', nodesMax: 10_000, run };
}

async function dependencyGraph(): Promise<Library> {
  const { DepGraph } = await load('dependency-graph');
  const run = ({ nodes, edges }: StringGraph) => {
    const graph = new DepGraph();
    for (const { id } of nodes) graph.addNode(id);
    for (const [from, to] of edges) graph.addDependency(to, from);
    return graph.overallOrder();
  };
  return { name: 'dependency-graph', nodesMax: 10_000, run };
}

async function d3Dag(): Promise<Library> {
  const { graphStratify } = await load('d3-dag');
  const build = graphStratify();
  const run = ({ nodes, edges }: StringGraph) => {
    const parents = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
    for (const [from, to] of edges) parents.get(to)?.push(from);
    return [...build(nodes.map(({ id }) => ({ id, parentIds: [...new Set(parents.get(id))] }))).topological()];
  };
  return { name: 'd3-dag', nodesMax: 10_000, run };
}

async function graphlib(): Promise<Library> {
  const { Graph, alg } = await load('@dagrejs/graphlib');
  const run = ({ nodes, edges }: StringGraph) => {
    const graph = new Graph();
    for (const { id } of nodes) graph.setNode(id);
    for (const [from, to] of edges) graph.setEdge(from, to);
    return alg.topsort(graph);
  };
  return { name: '@dagrejs/graphlib', nodesMax: 10_000, run };
}

/** Named by a variable, so that nothing looks for its types. */
// biome-ignore lint/suspicious/noExplicitAny: what a rival exports is its own affair
export async function load(name: string): Promise<any> {
  const found = await import(name);
  // What is CommonJS comes as a default; some modules have one beside their names.
  return Object.keys(found).length > 1 && !('module.exports' in found) ? found : (found.default ?? found);
}
