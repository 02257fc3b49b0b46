import { HeddleError } from '../errors.ts';
import type { FieldType } from './field-type.ts';

/** Classes of one's own that a signature may name. */
export type NamedTypes = { readonly [name: string]: FieldType };

/**
 * Reads a type as Python writes one: builtins, the names of `typing`, `list[str]`, `Literal["a", "b"]`, `A | None`,
 * `Optional[A]`, `Union[A, B]`, dotted names of `names`.
 *
 * @throws BAD_SYNTAX naming the signature and what was found
 */
export function parseType(source: string, names: NamedTypes = {}, whole = source): FieldType {
  const reader = new TypeReader(source, names, whole);
  const type = reader.union();
  reader.end();
  return type;
}

const token = /^\s*(\.\.\.|[A-Za-z_][\w.]*|-?\d+|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[[\],|])/;

class TypeReader {
  readonly #source: string;
  readonly #names: NamedTypes;
  readonly #whole: string;
  #at = 0;

  constructor(source: string, names: NamedTypes, whole: string) {
    this.#source = source;
    this.#names = names;
    this.#whole = whole;
  }

  union(): FieldType {
    const of = [this.#single()];
    while (this.#take('|')) of.push(this.#single());
    return of.length === 1 ? (of[0] as FieldType) : { kind: 'union', of, spelling: 'UnionType' };
  }

  end(): void {
    if (this.#source.slice(this.#at).trim() !== '') this.#refuse('nothing more');
  }

  #single(): FieldType {
    const name = this.#next();
    if (name === undefined || !/^[A-Za-z_]/.test(name)) return this.#refuse('the name of a type');
    const own = Object.hasOwn(this.#names, name) ? this.#names[name] : undefined;
    if (own !== undefined) return own;
    const bare = name.replace(/^(typing|t|builtins)\./, '');
    if (bare === 'Literal') return this.#literal();
    const args = this.#take('[') ? this.#arguments() : undefined;
    return this.#make(bare, args);
  }

  #make(name: string, args: readonly (FieldType | '...')[] | undefined): FieldType {
    const types = (args ?? []).filter((arg) => arg !== '...');
    const [first, second] = types;
    const open = args?.at(-1) === '...';
    const takes = (least: number, most: number): void => {
      if (args !== undefined && (types.length < least || types.length > most))
        this.#refuse(`${least} to ${most} types in ${name}[…]`);
    };
    switch (name) {
      case 'str':
      case 'int':
      case 'float':
      case 'bool':
        takes(1, 0);
        return { kind: name };
      case 'Any':
      case 'object':
        return { kind: 'any' };
      case 'None':
      case 'NoneType':
        return { kind: 'none' };
      case 'list':
      case 'List':
      case 'Sequence':
      case 'Iterable':
        takes(1, 1);
        return first === undefined ? { kind: 'list' } : { kind: 'list', item: first };
      case 'set':
      case 'Set':
      case 'frozenset':
        takes(1, 1);
        return first === undefined ? { kind: 'set' } : { kind: 'set', item: first };
      case 'dict':
      case 'Dict':
      case 'Mapping':
        takes(2, 2);
        return first === undefined || second === undefined
          ? { kind: 'dict' }
          : { kind: 'dict', key: first, value: second };
      case 'tuple':
      case 'Tuple':
        return { kind: 'tuple', items: types, open };
      case 'Optional':
        takes(1, 1);
        if (first === undefined) return this.#refuse('a type in Optional[…]');
        return { kind: 'union', of: [first, { kind: 'none' }], spelling: 'Union' };
      case 'Union':
        if (types.length === 0) return this.#refuse('types in Union[…]');
        return types.length === 1 && first !== undefined ? first : { kind: 'union', of: types, spelling: 'Union' };
      case 'History':
      case 'dspy.History':
        return { kind: 'named', name: 'History' };
      default:
        return this.#unknown(name);
    }
  }

  #arguments(): readonly (FieldType | '...')[] {
    const found: (FieldType | '...')[] = [];
    while (!this.#take(']')) {
      found.push(this.#take('...') ? '...' : this.union());
      if (!this.#take(',') && this.#peek() !== ']') this.#refuse('a comma or ]');
    }
    return found;
  }

  #literal(): FieldType {
    if (!this.#take('[')) return this.#refuse('[ after Literal');
    const values: (string | number | boolean | null)[] = [];
    while (!this.#take(']')) {
      values.push(this.#literalValue(this.#next()));
      if (!this.#take(',') && this.#peek() !== ']') this.#refuse('a comma or ]');
    }
    if (values.length === 0) this.#refuse('a value in Literal[…]');
    return { kind: 'literal', values };
  }

  #literalValue(word: string | undefined): string | number | boolean | null {
    if (word === 'True' || word === 'False') return word === 'True';
    if (word === 'None') return null;
    if (word !== undefined && /^-?\d+$/.test(word)) return Number(word);
    if (word !== undefined && /^["']/.test(word)) return word.slice(1, -1).replace(/\\(.)/g, '$1');
    return this.#refuse('a text, a whole number, True, False or None');
  }

  #peek(): string | undefined {
    return token.exec(this.#source.slice(this.#at))?.[1];
  }

  #next(): string | undefined {
    const found = token.exec(this.#source.slice(this.#at));
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found[1];
  }

  #take(word: string): boolean {
    if (this.#peek() !== word) return false;
    this.#next();
    return true;
  }

  #unknown(name: string): never {
    throw new HeddleError({
      code: 'BAD_SYNTAX',
      message: `the signature ${JSON.stringify(this.#whole)} names the type ${name}, which is not known`,
      hint: `use str, int, float, bool, list, dict, tuple, Literal, Optional, Union or Any, or hand ${name} in with its schema: new Signature(text, { types: { ${name}: schema } })`,
    });
  }

  #refuse(wanted: string): never {
    const found = this.#source.slice(this.#at).trim();
    throw new HeddleError({
      code: 'BAD_SYNTAX',
      message: `the signature ${JSON.stringify(this.#whole)} has ${found === '' ? 'its end' : JSON.stringify(found.slice(0, 40))} where ${wanted} should be`,
      hint: 'write a type as Python does: list[str], Literal["yes", "no"], str | None',
    });
  }
}
