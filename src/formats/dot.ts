import type { Program } from '../program/program.ts';
import { drawingOf } from './drawing.ts';

const shapes = { call: 'box', program: 'component', wait: 'ellipse' } as const;

/** A program in the DOT language of Graphviz (graphviz.org/doc/info/lang.html). Edges that only order are dashed. */
export function toDot(program: Program): string {
  const { nodes, edges } = drawingOf(program);
  return [
    `digraph ${quoted(program.name)} {`,
    '  node [fontname="sans-serif"];',
    ...nodes.map(({ name, kind, lines }) => `  ${name} [shape=${shapes[kind]}, label=${quoted(lines.join('\n'))}];`),
    ...edges.map(({ from, to, orderOnly }) => `  ${from} -> ${to}${orderOnly ? ' [style=dashed]' : ''};`),
    '}',
    '',
  ].join('\n');
}

/** `\n` breaks a line of a label; other control characters have no place in one. */
function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  return `"${escaped.replace(/\p{Cc}/gu, ' ')}"`;
}
