import type { ESTree } from 'vite';
import { memberName, type Node, rootOf, walk } from './syntax-tree.ts';

const mutableContainers: readonly string[] = [
  'Map',
  'Set',
  'WeakMap',
  'WeakSet',
  'Array',
  'ArrayBuffer',
  'DataView',
  'AbortController',
];
const mutators: readonly string[] = [
  'push',
  'pop',
  'shift',
  'unshift',
  'splice',
  'sort',
  'reverse',
  'fill',
  'set',
  'add',
  'delete',
  'clear',
];

type Report = (start: number, message: string) => void;

/**
 * Module scope is shared by every object of an isolate: it holds constants only, nothing that is there to be filled, and
 * nothing in the file changes what they hold.
 */
export function checkModuleState(program: ESTree.Program, report: Report): void {
  const constants = new Set<string>();
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declaration?.type !== 'VariableDeclaration' || declaration.declare) continue;
    const { kind, declarations, start } = declaration;
    if (kind !== 'const') report(start, `${kind} at module scope: keep it in an object that is created for one use`);
    for (const { id, init } of declarations) {
      if (id.type !== 'Identifier' || !init) continue;
      constants.add(id.name);
      const container = isReadonlyType(id.typeAnnotation?.typeAnnotation) ? undefined : fillable(init);
      if (!container) continue;
      report(init.start, `${container} at module scope: type it as Readonly or create it where it is used`);
    }
  }
  const declared = countDeclarations(program);
  walk(program, (node) => {
    const name = changedName(node);
    // A name declared twice in a file may mean the inner one; the rule speaks only when it is sure.
    if (name === undefined || !constants.has(name) || declared.get(name) !== 1) return;
    report(node.start, `changes ${name}, which lives at module scope`);
  });
}

/** What is empty or mutable by nature, and so there to be filled. */
function fillable(init: Node): string | undefined {
  if (init.type === 'ArrayExpression' && init.elements.length === 0) return '[]';
  if (init.type === 'ObjectExpression' && init.properties.length === 0) return '{}';
  if (init.type !== 'NewExpression' || init.callee.type !== 'Identifier') return undefined;
  const { name } = init.callee;
  return mutableContainers.includes(name) || /^(Big)?(Int|Uint|Float)\d+(Clamped)?Array$/.test(name)
    ? `new ${name}`
    : undefined;
}

function isReadonlyType(type: Node | null | undefined): boolean {
  if (type?.type === 'TSTypeOperator') return type.operator === 'readonly';
  if (type?.type !== 'TSTypeReference') return false;
  return type.typeName.type === 'Identifier' && /^Readonly/.test(type.typeName.name);
}

/** `table` of `table.x = 1`, `table[0]++`, `delete table.x` and `table.push(1)`. */
function changedName(node: Node): string | undefined {
  const target = changedMember(node);
  return target?.type === 'MemberExpression' ? rootOf(target) : undefined;
}

function changedMember(node: Node): Node | undefined {
  switch (node.type) {
    case 'AssignmentExpression':
      return node.left;
    case 'UpdateExpression':
      return node.argument;
    case 'UnaryExpression':
      return node.operator === 'delete' ? node.argument : undefined;
    case 'CallExpression':
      return mutators.some((name) => memberName(node.callee)?.endsWith(`.${name}`)) ? node.callee : undefined;
    default:
      return undefined;
  }
}

/** How often each name is bound, as a variable or a parameter. */
function countDeclarations(program: ESTree.Program): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (pattern: Node | null | undefined): void => {
    if (pattern?.type === 'Identifier') counts.set(pattern.name, (counts.get(pattern.name) ?? 0) + 1);
    else if (pattern) walk(pattern, (inner) => inner.type === 'Identifier' && count(inner));
  };
  walk(program, (node) => {
    if (node.type === 'VariableDeclarator') count(node.id);
    if ('params' in node && Array.isArray(node.params)) for (const parameter of node.params) count(parameter);
  });
  return counts;
}
