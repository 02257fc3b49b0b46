import { conditionSource } from '../edges.ts';
import type { ProgramNode, Template } from '../program.ts';
import { renameInExpression } from './rename-expression.ts';
import { renameInTemplate } from './rename-template.ts';

/** The node with all it says of the nodes `from` said of `to`; undefined when that cannot be done without changing what it does. */
export function renameInNode(node: ProgramNode, from: ReadonlySet<string>, to: string): ProgramNode | undefined {
  // Without a template, its input has the outputs of its needs as members, named like the nodes.
  if (node.with === undefined && node.needs?.some((id) => from.has(id))) return undefined;
  let isSure = true;
  const known = <T>(renamed: T | undefined): T | undefined => {
    if (renamed === undefined) isSure = false;
    return renamed;
  };
  const template = (value: Template): Template | undefined => known(renameInTemplate(value, from, to));
  const condition = (value: string): string | undefined =>
    known(renameInExpression(conditionSource(value, ''), from, to));
  const call = <T extends { readonly with?: Template }>(value: T): T =>
    value.with === undefined ? value : { ...value, with: template(value.with) };
  const { needs, forEach, repeat, fallback, compensate } = node;
  const renamed = {
    ...node,
    ...(node.with !== undefined && { with: template(node.with) }),
    ...(node.if !== undefined && { if: condition(node.if) }),
    ...(node.sleepMs !== undefined && { sleepMs: template(node.sleepMs) }),
    ...(node.sleepUntil !== undefined && { sleepUntil: template(node.sleepUntil) }),
    ...(needs !== undefined && { needs: [...new Set(needs.map((id) => (from.has(id) ? to : id)))] }),
    ...(forEach !== undefined && { forEach: { ...forEach, items: template(forEach.items) } }),
    ...(repeat !== undefined && { repeat: { ...repeat, while: condition(repeat.while) } }),
    ...(fallback !== undefined && {
      fallback: 'value' in fallback ? { ...fallback, value: template(fallback.value) } : call(fallback),
    }),
    ...(compensate !== undefined && { compensate: call(compensate) }),
  };
  return isSure ? (renamed as ProgramNode) : undefined;
}
