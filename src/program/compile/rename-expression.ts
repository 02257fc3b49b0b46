import { compileExpression, macros, parseExpression } from '../expression.ts';
import { isTerm, type Term } from '../term.ts';
import { typeNames } from '../type-names.ts';

/**
 * The expression with every reference to one of the nodes `from` made one to the node `to`, at the places the parser tells;
 * undefined when that cannot be done for sure, as where a macro binds a name like theirs.
 */
export function renameInExpression(source: string, from: ReadonlySet<string>, to: string): string | undefined {
  try {
    const before = compileExpression(source, '').references.nodes;
    if (![...before].some((id) => from.has(id))) return source;
    const places: Place[] = [];
    if (!findPlaces(parseExpression(source, '').ast, from, to, places)) return undefined;
    const renamed = replace(source, places, to);
    const after = compileExpression(renamed, '').references.nodes;
    const wanted = new Set([...before].map((id) => (from.has(id) ? to : id)));
    return after.size === wanted.size && [...after].every((id) => wanted.has(id)) ? renamed : undefined;
  } catch {
    // Too long with the other name, or not to be read with it: then it is not renamed.
    return undefined;
  }
}

interface Place {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** @returns false where renaming is not safe */
function findPlaces(part: unknown, from: ReadonlySet<string>, to: string, places: Place[]): boolean {
  if (Array.isArray(part)) return part.every((each) => findPlaces(each, from, to, places));
  if (!isTerm(part)) return true;
  const { op, args } = part;
  if (op === 'id') return !from.has(String(args)) || addPlace(part, places);
  if (isLookup(part)) {
    const [, key] = part.args;
    const id = String(isTerm(key) ? key.args : key);
    if (op === '.' || op === '[]') return !from.has(id) || addPlace(part, places);
    return !from.has(id);
  }
  const before = places.length;
  if (
    bindsName(part, (name) => from.has(name) || name === to || name === 'nodes') ||
    !findPlaces(args, from, to, places)
  )
    return false;
  // has() takes paths made of names only.
  return !isHas(part) || places.length === before || isName(to);
}

function addPlace(term: Term, places: Place[]): boolean {
  const { range, input } = term as Term & { readonly range?: { start: number; end: number }; readonly input?: string };
  if (range === undefined || input === undefined) return false;
  places.push({ ...range, text: input.slice(range.start, range.end) });
  return true;
}

/** `nodes["id"]`, `nodes.id` and their optional forms. */
function isLookup(term: Term): term is Term & { readonly args: readonly unknown[] } {
  if (!Array.isArray(term.args)) return false;
  const [receiver] = term.args;
  return isTerm(receiver) && receiver.op === 'id' && receiver.args === 'nodes';
}

/** Whether a macro names one of its variables so: inside it the name is no node. */
function bindsName({ op, args }: Term, isTaken: (name: string) => boolean): boolean {
  if (op !== 'rcall' || !Array.isArray(args) || !macros.has(String(args[0])) || !Array.isArray(args[2])) return false;
  const variables = (args[2] as readonly unknown[]).slice(0, -1);
  return variables.some((part) => isTerm(part) && part.op === 'id' && isTaken(String(part.args)));
}

const isHas = ({ op, args }: Term): boolean => op === 'call' && Array.isArray(args) && args[0] === 'has';
const isName = (id: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(id) && !typeNames.has(id);

/** From the end, so that earlier places stay where they are. */
function replace(source: string, places: readonly Place[], to: string): string {
  let renamed = source;
  for (const { start, end, text } of [...places].sort((a, b) => b.start - a.start))
    renamed = renamed.slice(0, start) + inTheManner(text, to) + renamed.slice(end);
  return renamed;
}

/** `b`, `nodes.b` and `nodes["b"]` become `a`, `nodes.a` and `nodes["a"]`. */
function inTheManner(text: string, to: string): string {
  if (!isName(to) || text.endsWith(']')) return `nodes[${JSON.stringify(to)}]`;
  return isName(text) ? to : `nodes.${to}`;
}
