import { compileExpression } from './expression.ts';
import type { Program, ProgramNode, Template } from './program.ts';
import { compileTemplate, splitText } from './template.ts';

/** A dependency: `to` waits for `from`. Both are node indices, which count the nodes in their order of appearance. */
export interface ProgramEdge {
  readonly from: number;
  readonly to: number;
  /** `data`: an expression of `to` refers to `from`. `order`: only `needs` says so. */
  readonly kind: 'data' | 'order';
}

/** A reference to a node, found in one of the places of a node. */
export interface NodeReference {
  readonly id: string;
  readonly kind: 'data' | 'order';
  /** Such as `nodes.answer.with`. */
  readonly path: string;
}

/**
 * The edges of a program, at most one between two nodes; a data edge where both kinds apply. References to nodes that do
 * not exist are left out: validate.ts reports them.
 */
export function programEdges(program: Program): readonly ProgramEdge[] {
  const indexOf = new Map(Object.keys(program.nodes).map((id, index) => [id, index]));
  const edges: ProgramEdge[] = [];
  for (const [id, node] of Object.entries(program.nodes)) {
    const seen = new Set<string>();
    for (const { id: from, kind } of nodeReferences(id, node)) {
      if (seen.has(from)) continue;
      seen.add(from);
      const [fromIndex, to] = [indexOf.get(from), indexOf.get(id)];
      if (fromIndex !== undefined && to !== undefined) edges.push({ from: fromIndex, to, kind });
    }
  }
  return edges;
}

/** Every reference of a node, data references first. @throws BAD_EXPRESSION */
export function nodeReferences(id: string, node: ProgramNode): readonly NodeReference[] {
  const data = templatesOf(id, node).flatMap(({ template, path, isCondition }) => {
    const compiled = isCondition
      ? compileExpression(conditionSource(template, path), path)
      : compileTemplate(template, path);
    // A node that repeats sees its own output so far under its own name, what undoes it the one to undo: no dependencies.
    const others = [...compiled.references.nodes].filter((of) => of !== id || !seesItself(node, path));
    return others.map((of) => ({ id: of, kind: 'data' as const, path }));
  });
  const order = (node.needs ?? []).map((of, index) => ({
    id: of,
    kind: 'order' as const,
    path: `nodes.${id}.needs[${index}]`,
  }));
  return [...data, ...order];
}

function seesItself({ repeat }: ProgramNode, path: string): boolean {
  if (path.endsWith('.compensate.with')) return true;
  return repeat !== undefined && (path.endsWith('.with') || path.endsWith('.repeat.while'));
}

export interface NodeTemplate {
  readonly template: Template;
  readonly path: string;
  /** An expression with or without its `${}`, rather than a template. */
  readonly isCondition: boolean;
}

/** Everything in a node that is evaluated before or when it runs. */
export function templatesOf(id: string, node: ProgramNode): readonly NodeTemplate[] {
  const at = (template: Template | undefined, key: string, isCondition = false): readonly NodeTemplate[] =>
    template === undefined ? [] : [{ template, path: `nodes.${id}.${key}`, isCondition }];
  const { fallback, compensate } = node;
  return [
    ...at(node.with, 'with'),
    ...at(node.if, 'if', true),
    ...at(node.forEach?.items, 'forEach.items'),
    ...at(node.repeat?.while, 'repeat.while', true),
    ...at(node.waitFor?.event, 'waitFor.event'),
    ...at(node.sleepMs, 'sleepMs'),
    ...at(node.sleepUntil, 'sleepUntil'),
    ...(fallback === undefined
      ? []
      : 'value' in fallback
        ? at(fallback.value, 'fallback.value')
        : at(fallback.with, 'fallback.with')),
    ...at(compensate?.with, 'compensate.with'),
  ];
}

/** Conditions may be written with or without `${}`. @throws BAD_EXPRESSION */
export function conditionSource(condition: Template, path: string): string {
  const [only, ...more] = splitText(String(condition), path);
  return more.length === 0 && typeof only === 'object' ? only.expression : String(condition);
}
