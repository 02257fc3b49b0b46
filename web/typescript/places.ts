import { bodyOf } from './bind.ts';
import { bare, childOf, lineOf, listOf, type Syntax } from './syntax.ts';

/** Where in a text the paths of a program are: `nodes.answer.with.question` is on line 7. */
export class Places {
  readonly #lines = new Map<string, number>();

  get lines(): ReadonlyMap<string, number> {
    return this.#lines;
  }

  at(path: string, node: Syntax): void {
    this.#lines.set(path, lineOf(node));
  }

  /** Of an object and all its members; of a function, of what it gives. */
  note(path: string, given: Syntax): void {
    const node = bare(given);
    if (path !== '') this.at(path, node);
    if (node.type === 'ArrowFunctionExpression') return this.note(path, bodyOf(node));
    if (node.type !== 'ObjectExpression') return;
    for (const property of listOf(node, 'properties')) {
      if (property.type !== 'Property') continue;
      const key = childOf(property, 'key');
      const name = `${path === '' ? '' : `${path}.`}${String(key.name ?? key.value)}`;
      this.note(name, childOf(property, 'value'));
      this.at(name, property);
    }
  }
}
