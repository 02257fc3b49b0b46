import type { Program } from '../program/program.ts';
import { type DrawnNode, drawingOf } from './drawing.ts';

/** A program as a flowchart of Mermaid (mermaid.js.org). Edges that only order are dotted. */
export function toMermaid(program: Program): string {
  const { nodes, edges } = drawingOf(program);
  return [
    'flowchart TD',
    ...nodes.map((node) => `  ${node.name}${shaped(node)}`),
    ...edges.map(({ from, to, orderOnly }) => `  ${from} ${orderOnly ? '-.->' : '-->'} ${to}`),
    '',
  ].join('\n');
}

function shaped({ kind, lines }: DrawnNode): string {
  const label = `"${lines.map(escaped).join('<br>')}"`;
  if (kind === 'program') return `[[${label}]]`;
  return kind === 'wait' ? `([${label}])` : `[${label}]`;
}

/** Mermaid has entities, written `#name;` or by number, for what would end or format a label. */
function escaped(text: string): string {
  return text.replace(/["#&<>`\\\p{Cc}]/gu, (char) => `#${char.codePointAt(0)};`);
}
