import type { AnyModule } from '../../src/host/registry.ts';
import type { Program, ProgramNode, Template } from '../../src/program/program.ts';
import { splitText } from '../../src/program/template.ts';
import { typeNames } from '../../src/program/type-names.ts';
import { identifierOf } from './module-identifier.ts';

const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** A path that a bind function can write: of members and places in lists. */
const path = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d+\])*$/;
/** Names that JavaScript keeps for itself, as far as CEL and ids allow them. */
const taken =
  /^(await|break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|eval|export|extends|finally|for|function|if|import|in|instanceof|let|new|return|static|super|switch|this|throw|try|typeof|var|void|while|with|yield)$/;

/**
 * A program as TypeScript: by the builder where it has a method for every node, as data otherwise.
 * @param isStandard whether a module is one of heddle/modules
 */
export function writeTypeScript(program: Program, modules: readonly AnyModule[]): string {
  const known = new Map(modules.map(({ name, version }) => [name, version]));
  const isBuildable = Object.values(program.nodes).every((node) => canBuild(node, known));
  if (!isBuildable || Object.keys(program.nodes).length === 0) return asData(program);
  const used = [...new Set(Object.values(program.nodes).map(({ module = '' }) => bareName(module)))];
  const { heddle: _, name, nodes, outputs, ...options } = program;
  const head = Object.keys(options).length === 0 ? literal(name) : `${literal(name)}, ${object(options, '')}`;
  const calls = Object.entries(nodes).map(([id, node]) => nodeCall(id, node, nodes));
  if (outputs !== undefined) calls.push(`  .outputs(${bind(outputs, nodes, '  ')})`);
  return [
    "import { program } from 'heddle';",
    `import { ${used.map(identifierOf).sort().join(', ')} } from './modules.ts';`,
    '',
    `export default program(${head})`,
    `${calls.join('\n')};`,
    '',
  ].join('\n');
}

function asData(program: Program): string {
  return `import type { Program } from 'heddle';\n\nexport default ${object(program, '')} satisfies Program;\n`;
}

function canBuild({ module, with: given, forEach }: ProgramNode, known: ReadonlyMap<string, string>): boolean {
  if (module === undefined || given === undefined) return false;
  const [name = '', version] = module.split('@');
  const registered = known.get(name);
  return (
    registered !== undefined &&
    (version === undefined || version === registered) &&
    identifier.test(identifierOf(name)) &&
    (forEach === undefined || forEach.items !== undefined)
  );
}

const bareName = (module: string): string => module.split('@')[0] ?? '';

function nodeCall(id: string, node: ProgramNode, nodes: Program['nodes']): string {
  const { module = '', with: given = {}, forEach, ...policies } = node;
  const { items, ...each } = forEach ?? {};
  const rest = { ...(Object.keys(each).length > 0 && { forEach: each }), ...policies };
  const parts = [
    literal(id),
    ...(items === undefined ? [] : [bind(items as Template, nodes, '  ')]),
    identifierOf(bareName(module)),
    bind(given, nodes, '  '),
    ...(Object.keys(rest).length === 0 ? [] : [object(rest, '  ')]),
  ];
  return `  .${items === undefined ? 'node' : 'forEach'}(${parts.join(', ')})`;
}

/** The function that gives a template: `({ input }) => ({ k: input.k })`. */
function bind(template: Template, nodes: Program['nodes'], indent: string): string {
  const seen = new Set<string>();
  const body = write(template, indent, (text) => bindText(text, nodes, seen));
  const scope = seen.size === 0 ? '()' : `({ ${[...seen].join(', ')} })`;
  return `${scope} => ${body.startsWith('{') ? `(${body})` : body}`;
}

/** A text as the value or template literal it stands for; one with an expression that is more than a path stays a text. */
function bindText(text: string, nodes: Program['nodes'], seen: Set<string>): string {
  let parts: ReturnType<typeof splitText>;
  try {
    parts = splitText(text, '');
  } catch {
    return literal(text);
  }
  const roots: string[] = [];
  const isPlain = parts.every((part) => {
    if (typeof part === 'string') return true;
    const [root = ''] = part.expression.split(/[.[]/);
    roots.push(root);
    const isKnown = Object.hasOwn(nodes, root) || root === 'input' || root === 'item' || root === 'index';
    return path.test(part.expression) && isKnown && !taken.test(root) && !typeNames.has(root);
  });
  if (roots.length === 0 || !isPlain || text.includes('$${')) return literal(text);
  for (const root of roots) seen.add(root);
  const [only] = parts;
  if (parts.length === 1 && only !== undefined && typeof only !== 'string') return only.expression;
  const inner = parts.map((part) =>
    typeof part === 'string' ? part.replace(/[\\`]|\$(?=\{)/g, '\\$&') : `\${${part.expression}}`,
  );
  return `\`${inner.join('')}\``;
}

function object(value: object, indent: string): string {
  return write(value as Template, indent, literal);
}

/** On one line when it fits. */
function write(value: Template, indent: string, text: (text: string) => string): string {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((each: Template) => write(each, inner, text))
    : Object.entries(value).flatMap(([key, each]) =>
        each === undefined ? [] : [member(key, write(each as Template, inner, text))],
      );
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (members.length === 0) return `${open}${close}`;
  const flat = Array.isArray(value) ? `[${members.join(', ')}]` : `{ ${members.join(', ')} }`;
  if (flat.length + indent.length <= 90 && !flat.includes('\n')) return flat;
  return `${open}\n${members.map((each) => `${inner}${each},\n`).join('')}${indent}${close}`;
}

function member(key: string, value: string): string {
  if (key === value) return key;
  return `${identifier.test(key) ? key : literal(key)}: ${value}`;
}

function literal(text: string): string {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${inner}'`;
}
