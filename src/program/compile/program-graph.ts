import { createJsKernel } from '../../kernel/js-kernel.ts';
import { programEdges } from '../edges.ts';
import type { Program } from '../program.ts';
import { compileTemplate } from '../template.ts';

/** Who depends on whom in a program, by node id; data and order edges alike. */
export interface ProgramGraph {
  /** Dependencies first. */
  readonly order: readonly string[];
  /** The same by level: nothing in a level depends on anything in it. */
  readonly levels: readonly (readonly string[])[];
  readonly dependencies: ReadonlyMap<string, ReadonlySet<string>>;
  readonly dependents: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @param program valid, so that there is an order */
export function programGraph(program: Program): ProgramGraph {
  const ids = Object.keys(program.nodes);
  const edges = programEdges(program);
  const graph = createJsKernel().load({
    nodes: ids.length,
    from: Uint32Array.from(edges, ({ from }) => from),
    to: Uint32Array.from(edges, ({ to }) => to),
  });
  const analysis = graph.analyse();
  graph.release();
  const dependencies = new Map(ids.map((id) => [id, new Set<string>()]));
  const dependents = new Map(ids.map((id) => [id, new Set<string>()]));
  for (const { from, to } of edges) {
    dependencies.get(ids[to] ?? '')?.add(ids[from] ?? '');
    dependents.get(ids[from] ?? '')?.add(ids[to] ?? '');
  }
  const order = analysis.ok ? Array.from(analysis.order, (index) => ids[index] ?? '') : [];
  const levels: string[][] = Array.from({ length: analysis.ok ? analysis.depth : 0 }, () => []);
  if (analysis.ok) for (const index of analysis.order) levels[analysis.levels[index] ?? 0]?.push(ids[index] ?? '');
  return { order, levels, dependencies, dependents };
}

/** The nodes an output of the program refers to. @throws BAD_EXPRESSION */
export function outputReferences(program: Program, output: string): ReadonlySet<string> {
  return compileTemplate(program.outputs?.[output] ?? null, `outputs.${output}`).references.nodes;
}

/** The program without some of its nodes, the others in their order. */
export function withoutNodes(program: Program, gone: ReadonlySet<string>): Program {
  const kept = Object.entries(program.nodes).filter(([id]) => !gone.has(id));
  return { ...program, nodes: Object.fromEntries(kept) };
}
