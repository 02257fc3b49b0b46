import { nodeId } from '../../src/formats/workplan/node-id.ts';

/** A plan of nodes in a short spelling, with the right ids. */
export class PlanMaker {
  readonly nodes: object[] = [];
  readonly goals: object[] = [];

  constant(value: unknown): string {
    const id = nodeId({
      args: [],
      attrs: { value },
      kind: 'constant',
      kwargs: [],
      operator: 'constant',
      output_kind: 'scalar',
    });
    if (!this.nodes.some((node) => (node as { id: string }).id === id))
      this.nodes.push({ id, type: 'constant', value, output_kind: 'scalar' });
    return id;
  }

  operation(operator: string, args: readonly string[], attrs: Record<string, unknown> = {}): string {
    const id = nodeId({ args, attrs, kind: 'primitive', kwargs: [], operator, output_kind: 'scalar' });
    this.nodes.push({ id, type: 'operation', operator, arguments: { ...args }, attrs, output_kind: 'scalar' });
    return id;
  }

  closure(parameter: string, body: string, captures: Record<string, string> = {}, functions: object = {}): string {
    const attrs = { parameter, body, capture_names: Object.keys(captures), function_captures: functions };
    const args = Object.values(captures);
    const id = nodeId({ args, attrs, kind: 'closure', kwargs: [], operator: 'closure', output_kind: 'closure' });
    this.nodes.push({
      id,
      type: 'closure',
      operator: 'closure',
      arguments: { ...args },
      attrs,
      output_kind: 'closure',
    });
    return id;
  }

  goal(name: string, id: string): this {
    this.goals.push({ operation: 'print', name, id });
    return this;
  }
}
