import { HeddleError } from '../errors.ts';
import { programEdges } from './edges.ts';
import type { Program, ProgramNode, Template } from './program.ts';

/** A program as data, or a builder of one. */
export type ChainLink = Program | { toJSON(): Program };

/**
 * A program that runs programs one after the other, each as a sub-program on the result of the one before; the first gets
 * the inputs, and the result is that of the last. The first that fails ends the chain: those after it do not run.
 *
 * @param name of the chain; it takes the inputs of its first program
 * @param programs at least one. The nodes are named after them, a name's second node `name_2` and so on
 * @throws BAD_SCHEMA when there is none
 */
export function chain(name: string, programs: readonly ChainLink[]): Program {
  const links = programs.map((link) => ('toJSON' in link ? link.toJSON() : link));
  const [first, last] = [links[0], links.at(-1)];
  if (first === undefined || last === undefined) {
    const message = `the chain ${name} has no programs`;
    throw new HeddleError({ code: 'BAD_SCHEMA', message, path: 'programs', hint: 'give it at least one' });
  }
  const ids = idsOf(links);
  const nodes = links.map((program, index): readonly [string, ProgramNode] => {
    const before = ids[index - 1];
    const input = before === undefined ? '${input}' : `\${${nodeRef(before)}}`;
    return [ids[index] ?? '', { program, with: input }];
  });
  return {
    heddle: 1,
    name,
    ...(first.inputs !== undefined && { inputs: first.inputs }),
    nodes: Object.fromEntries(nodes),
    outputs: Object.fromEntries(
      resultKeys(last).map((key): readonly [string, Template] => [
        key,
        `\${${nodeRef(ids.at(-1) ?? '')}[${JSON.stringify(key)}]}`,
      ]),
    ),
  };
}

/** No two alike, and none that only looks like another's second. */
function idsOf(links: readonly Program[]): readonly string[] {
  const taken = new Set<string>();
  return links.map(({ name }) => {
    let id = name;
    for (let count = 2; taken.has(id); count++) id = `${name}_${count}`;
    taken.add(id);
    return id;
  });
}

function nodeRef(id: string): string {
  return `nodes[${JSON.stringify(id)}]`;
}

/** What the result of a program consists of: its outputs, or its sinks where it declares none. */
function resultKeys(program: Program): readonly string[] {
  if (program.outputs !== undefined) return Object.keys(program.outputs);
  const ids = Object.keys(program.nodes);
  const sources = new Set(programEdges(program).map(({ from }) => from));
  return ids.filter((_, index) => !sources.has(index));
}
