import { type ErrorData, HeddleError, isHeddleError } from '../../src/errors.ts';
import type { AnyModule } from '../../src/host/registry.ts';
import { isChain, type Meaning, readChain } from './chain.ts';
import { evaluate } from './evaluate.ts';
import { identifierOf } from './module-identifier.ts';
import { Places } from './places.ts';
import { bare, childOf, listOf, parseStatements, refused, type Syntax } from './syntax.ts';

/** A program that was written as TypeScript. */
export interface ReadTypeScript {
  /** As data; what it means is for validation to say. */
  readonly program: unknown;
  /** The line of each path of the program. */
  readonly lines: ReadonlyMap<string, number>;
}

const shape =
  "write import { program } from 'heddle'; export default program('name').node(...), or export default { heddle: 1, ... }";

/**
 * Reads a program from the text of a TypeScript module: constants, and one program, made by the builder or written as data.
 * Nothing is run: the syntax tree is read, and what is not written out is refused.
 * @param modules that the text can name, each by `identifierOf` its name
 * @throws every error of the text, with line and column in `path`
 */
export function readTypeScript(text: string, modules: readonly AnyModule[]): ReadTypeScript {
  const known = new Map(modules.map((module) => [identifierOf(module.name), module]));
  const meaning: Meaning = {
    ...{ constants: new Map(), builders: new Map(), modules: new Map(known), places: new Places(), errors: [] },
  };
  let found: { readonly program: unknown } | undefined;
  try {
    for (const statement of parseStatements(text)) {
      const value = read(statement, meaning);
      if (value !== undefined) found = { program: value };
    }
  } catch (thrown) {
    throw tooDeep(thrown) ?? withOthers(thrown, meaning.errors);
  }
  const [first] = meaning.errors;
  if (first !== undefined) throw new HeddleError(first, meaning.errors);
  if (found === undefined)
    throw new HeddleError({
      code: 'BAD_SYNTAX',
      message: 'the text has no program',
      path: 'line 1, column 1',
      hint: shape,
    });
  return { program: found.program, lines: meaning.places.lines };
}

/** @returns the program, when the statement has one */
function read(statement: Syntax, meaning: Meaning): unknown {
  switch (statement.type) {
    case 'ImportDeclaration':
      for (const each of listOf(statement, 'specifiers')) rename(each, meaning);
      return undefined;
    case 'TSTypeAliasDeclaration':
    case 'TSInterfaceDeclaration':
    case 'EmptyStatement':
      return undefined;
    case 'ExportDefaultDeclaration':
      return programOf(childOf(statement, 'declaration'), meaning);
    case 'ExportNamedDeclaration':
      if (!statement.declaration)
        throw refused(statement, 'this export is not read', 'write export default before the program');
      return read(childOf(statement, 'declaration'), meaning);
    case 'ExpressionStatement':
      return programOf(childOf(statement, 'expression'), meaning);
    case 'VariableDeclaration':
      return declare(statement, meaning);
    default:
      throw refused(statement, 'this statement is not read: nothing in this text is run', shape);
  }
}

/** `import { searchBm25 as search }`. */
function rename(specifier: Syntax, { modules }: Meaning): void {
  const [imported, local] = [specifier.imported, specifier.local] as (Syntax | undefined)[];
  const module = modules.get(String(imported?.name));
  if (module !== undefined) modules.set(String(local?.name), module);
}

function declare(statement: Syntax, meaning: Meaning): unknown {
  if (statement.kind !== 'const') throw refused(statement, `${String(statement.kind)} is not read`, 'write const');
  let found: unknown;
  for (const { id, init, loc, type } of listOf(statement, 'declarations')) {
    const name = id as Syntax;
    if (name.type !== 'Identifier' || !init)
      throw refused({ loc, type }, 'a constant has one name and a value', "write const name = 'value'");
    if (isChain(init as Syntax, meaning)) {
      const builder = readChain(init as Syntax, meaning);
      meaning.builders.set(String(name.name), builder);
      found = builder.toJSON();
    } else {
      const value = evaluate(init as Syntax, { constants: meaning.constants, recorders: new Map() });
      meaning.constants.set(String(name.name), value);
      if (isProgramData(value)) {
        meaning.places.note('', init as Syntax);
        found = value;
      }
    }
  }
  return found;
}

function programOf(given: Syntax, meaning: Meaning): unknown {
  if (isChain(given, meaning)) return readChain(given, meaning).toJSON();
  if (bare(given).type === 'ObjectExpression') meaning.places.note('', given);
  return evaluate(given, { constants: meaning.constants, recorders: new Map() });
}

const isProgramData = (value: unknown): boolean => typeof value === 'object' && value !== null && 'heddle' in value;

function tooDeep(thrown: unknown): HeddleError | undefined {
  if (!(thrown instanceof RangeError)) return undefined;
  return new HeddleError({ code: 'LIMIT_EXCEEDED', message: 'the text nests too deep', hint: 'nest less deep' });
}

function withOthers(thrown: unknown, errors: readonly ErrorData[]): unknown {
  const [first] = errors;
  return first === undefined || !isHeddleError(thrown) ? thrown : new HeddleError(first, [...errors, thrown]);
}
