import { programEdges } from '../program/edges.ts';
import type { Program, ProgramNode } from '../program/program.ts';

/** What of a program is drawn. Nodes are called `n0`, `n1`, ... in their order; ids of programs fit no drawing language. */
export interface Drawing {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

export interface DrawnNode {
  readonly name: string;
  /** The id, and below it what the node runs. */
  readonly lines: readonly string[];
  readonly kind: 'call' | 'program' | 'wait';
}

export interface DrawnEdge {
  readonly from: string;
  readonly to: string;
  /** No value goes along it. */
  readonly orderOnly: boolean;
}

export function drawingOf(program: Program): Drawing {
  return {
    nodes: Object.entries(program.nodes).map(([id, node], index) => ({
      name: `n${index}`,
      lines: [id, ...runs(node), ...conditions(node)],
      kind: node.program !== undefined ? 'program' : node.module !== undefined ? 'call' : 'wait',
    })),
    edges: programEdges(program).map(({ from, to, kind }) => ({
      from: `n${from}`,
      to: `n${to}`,
      orderOnly: kind === 'order',
    })),
  };
}

function runs({ module, program, waitFor, sleepMs, sleepUntil }: ProgramNode): string[] {
  if (module !== undefined) return [module];
  if (program !== undefined) return [`program ${typeof program === 'string' ? program : program.name}`];
  if (waitFor !== undefined) return [`waits for ${waitFor.event}`];
  if (sleepMs !== undefined) return [`sleeps ${sleepMs}${typeof sleepMs === 'number' ? ' ms' : ''}`];
  return sleepUntil === undefined ? [] : [`sleeps until ${sleepUntil}`];
}

function conditions({ if: condition, forEach }: ProgramNode): string[] {
  return [
    ...(condition === undefined ? [] : [`if ${shortened(condition)}`]),
    ...(forEach === undefined ? [] : ['for each item']),
  ];
}

const charsMax = 60;

function shortened(text: string): string {
  return text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
}
