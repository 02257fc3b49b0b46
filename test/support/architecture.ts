import { posix } from 'node:path';
import { parseSync } from 'vite';
import { checkModuleState } from './module-state.ts';
import { memberName, type Node, walk } from './syntax-tree.ts';

/**
 * The rules of the house that no compiler checks, as functions from a source file to what is wrong with it. Layers import
 * only downwards, types included; pure layers know no time, randomness or asynchrony; no module holds mutable state.
 */
export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly rule: 'layer' | 'platform' | 'purity' | 'module state' | 'eval' | 'length' | 'syntax';
  readonly message: string;
}

/** Bottom to top. What stands in one row may not import one another. `entries` are the public files at the root of src. */
export const layers: readonly (readonly string[])[] = [
  ['errors'],
  ['assembly'],
  ['kernel'],
  ['program'],
  ['plan', 'policy'],
  ['engine'],
  ['observe', 'history'],
  ['ports'],
  ['host'],
  ['adapters', 'modules', 'dspy', 'formats'],
  ['samples', 'testing'],
  ['api'],
  ['entries'],
  ['cli', 'workers', 'web'],
];

/** Of src/host, bottom to top; the files beside them tie them together, or are used by several. */
export const hostRooms: readonly string[] = [
  ...['values', 'view', 'gates', 'recover', 'follow', 'programs'],
  ...['run', 'drive', 'learn', 'begin', 'keep', 'watch'],
];

const pureLayers: readonly string[] = ['errors', 'kernel', 'program', 'plan', 'policy', 'engine', 'observe', 'history'];
/** Of the adapters these may be built upon by the others; homes may not know one another. */
const sharedAdapters: readonly string[] = ['memory', 'sql'];
const platforms: readonly { readonly scheme: string; readonly folders: readonly string[] }[] = [
  { scheme: 'node:', folders: ['src/adapters/node/', 'src/cli/', 'src/index.ts'] },
  { scheme: 'cloudflare:', folders: ['src/adapters/edge/', 'src/edge.ts', 'workers/'] },
];
const impureGlobals: readonly string[] = [
  'Date',
  'Promise',
  'console',
  'crypto',
  'fetch',
  'globalThis',
  'performance',
  'process',
  'queueMicrotask',
  'setInterval',
  'setTimeout',
];
/** Programs, run once in a process or a page of their own: what they hold is not shared. */
const mains: readonly string[] = ['src/cli/main.ts', 'web/main.ts', 'web/main.tsx'];
const linesMax = 250;

/** @param longFiles path → why it is longer than 250 lines */
export function violationsOf(file: SourceFile, longFiles: Readonly<Record<string, string>> = {}): readonly Violation[] {
  const { program, errors } = parseSync(file.path, file.text);
  const found: Violation[] = [];
  const report = (rule: Violation['rule'], start: number, message: string): void => {
    found.push({ path: file.path, line: lineOf(file.text, start), rule, message });
  };
  for (const error of errors) report('syntax', error.labels[0]?.start ?? 0, error.message);
  if (!mains.includes(file.path)) checkModuleState(program, (start, message) => report('module state', start, message));
  walk(program, (node, parent) => {
    for (const specifier of specifiersOf(node)) checkImport(file.path, specifier, node.start, report);
    checkEval(node, report);
    if (pureLayers.includes(layerOf(file.path))) checkPurity(node, parent, report);
  });
  checkLength(file, longFiles, report);
  return found;
}

/** What a file imports, as it is written there. */
export function importsOf({ path, text }: SourceFile): readonly string[] {
  const found: string[] = [];
  walk(parseSync(path, text).program, (node) => {
    found.push(...specifiersOf(node).filter((specifier) => specifier.startsWith('.')));
  });
  return found;
}

export function describeViolation({ path, line, rule, message }: Violation): string {
  return `${path}:${line} [${rule}] ${message}`;
}

type Report = (rule: Violation['rule'], start: number, message: string) => void;

/** `src/engine/apply.ts` → `engine`; files at the root of src are entries, but for errors.ts. */
function layerOf(path: string): string {
  const [top = '', folder = ''] = path.split('/');
  if (top !== 'src') return top;
  if (folder === 'errors.ts') return 'errors';
  return folder.endsWith('.ts') ? 'entries' : folder;
}

function checkImport(from: string, specifier: string, start: number, report: Report): void {
  for (const { scheme, folders } of platforms) {
    if (specifier.startsWith(scheme) && !folders.some((folder) => from.startsWith(folder))) {
      report('platform', start, `'${specifier}' may be imported only in ${folders.join(', ')}`);
    }
  }
  if (!specifier.startsWith('.')) return;
  const to = posix.normalize(posix.join(posix.dirname(from), specifier));
  const [lower, upper] = [layerOf(to), layerOf(from)];
  if (lower === upper) {
    if (upper === 'adapters') checkAdapters(from, to, start, report);
    if (upper === 'host') checkRooms(from, to, start, report);
    return;
  }
  const [rankTo, rankFrom] = [rankOf(lower), rankOf(upper)];
  if (rankTo === undefined) report('layer', start, `${to} lies in no layer of test/support/architecture.ts`);
  else if (rankFrom === undefined) report('layer', start, `${from} lies in no layer of test/support/architecture.ts`);
  else if (rankTo > rankFrom) report('layer', start, `${upper} may not import ${lower} (${to}): that is upward`);
  else if (rankTo === rankFrom) report('layer', start, `${upper} may not import ${lower} (${to}): that is sideways`);
}

function checkAdapters(from: string, to: string, start: number, report: Report): void {
  const [, , home = ''] = from.split('/');
  const [, , other = ''] = to.split('/');
  if (home === other || (sharedAdapters.includes(other) && !sharedAdapters.includes(home))) return;
  report('layer', start, `adapters/${home} may not import adapters/${other} (${to}): homes do not know one another`);
}

function checkRooms(from: string, to: string, start: number, report: Report): void {
  const [room, other] = [from, to].map((path) => path.split('/').slice(0, -1)[2]);
  if (room === undefined || other === undefined) return;
  const [rank, rankOther] = [hostRooms.indexOf(room), hostRooms.indexOf(other)];
  if (rank < 0 || rankOther < 0) report('layer', start, `host/${rank < 0 ? room : other} is no room of test/support`);
  else if (rankOther > rank)
    report('layer', start, `host/${room} may not import host/${other} (${to}): that is upward`);
}

function rankOf(layer: string): number | undefined {
  const rank = layers.findIndex((row) => row.includes(layer));
  return rank < 0 ? undefined : rank;
}

/** Every way to name another file: imports and exports, of types too, `import()`, `import('x').T`, and worker addresses. */
function specifiersOf(node: Node): readonly string[] {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return [node.source.value];
    case 'ExportNamedDeclaration':
      return node.source ? [node.source.value] : [];
    case 'ImportExpression':
    case 'TSImportType':
      return literal(node.source);
    case 'NewExpression':
      return node.callee.type === 'Identifier' && node.callee.name === 'URL' && node.arguments.length === 2
        ? literal(node.arguments[0]).filter((path) => path.endsWith('.ts'))
        : [];
    default:
      return [];
  }
}

function literal(node: Node | undefined): readonly string[] {
  return node?.type === 'Literal' && typeof node.value === 'string' ? [node.value] : [];
}

function checkEval(node: Node, report: Report): void {
  const callee = node.type === 'CallExpression' || node.type === 'NewExpression' ? node.callee : undefined;
  if (callee?.type === 'Identifier' && (callee.name === 'eval' || callee.name === 'Function')) {
    report('eval', node.start, `${callee.name} makes code of text, which Workers and content security policies forbid`);
  }
}

function checkPurity(node: Node, parent: Node | undefined, report: Report): void {
  if ('async' in node && node.async === true)
    report('purity', node.start, 'an async function: pure layers are synchronous');
  if (node.type === 'AwaitExpression') report('purity', node.start, 'await: pure layers are synchronous');
  if (node.type === 'ForOfStatement' && node.await)
    report('purity', node.start, 'for await: pure layers are synchronous');
  if (node.type === 'Identifier' && impureGlobals.includes(node.name) && isReference(node, parent)) {
    report('purity', node.start, `${node.name}: time, randomness and the world come to pure layers as arguments`);
  }
  if (node.type === 'MemberExpression' && memberName(node) === 'Math.random') {
    report('purity', node.start, 'Math.random: randomness comes to pure layers as an argument');
  }
}

function checkLength({ path, text }: SourceFile, longFiles: Readonly<Record<string, string>>, report: Report): void {
  const lines = text.trimEnd().split('\n').length;
  const [long, listed] = [lines > linesMax, path in longFiles];
  if (long && !listed) report('length', text.length - 1, `${lines} lines, of ${linesMax} at most: split it by concept`);
  if (!long && listed) report('length', 0, `listed as longer than ${linesMax} lines, but has ${lines}`);
}

/** Not the name of a member, of a property or of what is imported: those are no globals. */
function isReference(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined) return true;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if ('key' in parent && parent.key === node) return 'computed' in parent && parent.computed === true;
  return true;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
