import type { Template } from '../program.ts';
import { compileTemplate, splitText } from '../template.ts';
import { renameInExpression } from './rename-expression.ts';

/** The template with every reference to one of the nodes `from` made one to `to`; undefined when that is not sure. */
export function renameInTemplate(template: Template, from: ReadonlySet<string>, to: string): Template | undefined {
  if (typeof template === 'string') return renameInText(template, from, to);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) {
    const parts = template.map((part: Template) => renameInTemplate(part, from, to));
    return parts.every((part) => part !== undefined) ? parts : undefined;
  }
  const members = Object.entries(template).map(([key, part]) => [key, renameInTemplate(part, from, to)] as const);
  return members.every(([, part]) => part !== undefined) ? (Object.fromEntries(members) as Template) : undefined;
}

function renameInText(text: string, from: ReadonlySet<string>, to: string): string | undefined {
  const { nodes } = compileTemplate(text, '').references;
  if (![...nodes].some((id) => from.has(id))) return text;
  let renamed = '';
  for (const part of splitText(text, '')) {
    if (typeof part === 'string') {
      // A dollar never stands right before an expression, because `$${` would not have been one.
      renamed += part.replaceAll('${', () => '$${');
      continue;
    }
    const expression = renameInExpression(part.expression, from, to);
    if (expression === undefined) return undefined;
    renamed += `\${${expression}}`;
  }
  return renamed;
}
