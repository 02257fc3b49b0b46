import { HeddleError } from '../errors.ts';

/** Syntax of a closure's body. */
export type Term =
  | { readonly kind: 'literal'; readonly value: number | string | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Term[] }
  | { readonly kind: 'let'; readonly name: string; readonly value: Term; readonly body: Term }
  | { readonly kind: 'each'; readonly filter: boolean; readonly name: string; readonly over: Term; readonly body: Term }
  | { readonly kind: 'fold'; readonly operator: string; readonly args: readonly Term[] };

const charsMax = 100_000;
const depthMax = 200;
const token =
  /\s*(?:(-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|"((?:[^"\\]|\\.)*)"|([A-Za-z_$][\w$.]*)|(&&|\|\||>=|<=|==|!=|[-+*/<>!=:(),[\]]))/y;
const infix: ReadonlySet<string> = new Set(['+', '-', '*', '/', '>', '<', '>=', '<=', '==', '!=', '&&', '||']);
const keywords: ReadonlySet<string> = new Set(['let', 'in', 'for', 'do', 'filter', 'fold', 'if', 'then', 'else']);

interface Token {
  readonly kind: 'number' | 'text' | 'word' | 'sign' | 'end';
  readonly text: string;
  readonly spaced: boolean;
}

/**
 * Parses the body of a closure: calls `+(scale(x),1.0)`, `let s = .. in ..`, `for j in xs do ..`, `filter v in xs do ..`,
 * `fold + 0.0 xs`, sequences, slices; infix operators left to right without precedence, as the language has it.
 * @throws BAD_SYNTAX
 */
export function parseBody(text: string): Term {
  if (text.length > charsMax) throw syntax(text, `it has more than ${charsMax} characters`);
  const parser = new Parser(text);
  const term = parser.expression(0);
  parser.expect('end', '');
  return term;
}

class Parser {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    const reader = new RegExp(token);
    while (reader.lastIndex < text.trimEnd().length) {
      const from = reader.lastIndex;
      const found = reader.exec(text);
      if (found === null) throw syntax(text, `nothing can begin with ${JSON.stringify(text.slice(from, from + 10))}`);
      const [whole, number, quoted, word, sign = ''] = found;
      const spaced = /^\s/.test(whole);
      if (number !== undefined) this.#number(number, spaced);
      else if (quoted !== undefined) this.#tokens.push({ kind: 'text', text: quoted.replace(/\\(.)/g, '$1'), spaced });
      else if (word !== undefined) this.#tokens.push({ kind: 'word', text: word, spaced });
      else this.#tokens.push({ kind: 'sign', text: sign, spaced });
    }
  }

  /** `a -1` is two operands to the language, `a-1` and `a - 1` are a difference. */
  #number(text: string, spaced: boolean): void {
    const last = this.#tokens.at(-1);
    const afterOperand = last !== undefined && (last.kind !== 'sign' || last.text === ')' || last.text === ']');
    const isKeyword = last?.kind === 'word' && keywords.has(last.text);
    if (text.startsWith('-') && afterOperand && !spaced && !isKeyword) {
      this.#tokens.push({ kind: 'sign', text: '-', spaced }, { kind: 'number', text: text.slice(1), spaced: false });
    } else this.#tokens.push({ kind: 'number', text, spaced });
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: 'end', text: '', spaced: false };
  }

  #take(): Token {
    const taken = this.#peek();
    this.#at++;
    return taken;
  }

  #is(kind: Token['kind'], text: string): boolean {
    const { kind: found, text: as } = this.#peek();
    return found === kind && as === text;
  }

  expect(kind: Token['kind'], text: string): void {
    const found = this.#take();
    if (found.kind !== kind || found.text !== text)
      throw syntax(this.#text, `${text === '' ? 'its end' : text} is expected before ${found.text || 'the end'}`);
  }

  #name(): string {
    const found = this.#take();
    if (found.kind !== 'word' || keywords.has(found.text))
      throw syntax(this.#text, `${found.text || 'the end'} is no name`);
    return found.text;
  }

  expression(depth: number): Term {
    if (depth > depthMax) throw syntax(this.#text, `it nests more than ${depthMax} deep`);
    const word = this.#peek().kind === 'word' ? this.#peek().text : '';
    if (word === 'let') {
      this.#take();
      const name = this.#name();
      this.expect('sign', '=');
      const value = this.expression(depth + 1);
      this.expect('word', 'in');
      return { kind: 'let', name, value, body: this.expression(depth + 1) };
    }
    if (word === 'for' || (word === 'filter' && this.#tokens[this.#at + 1]?.kind === 'word')) {
      this.#take();
      const name = this.#name();
      this.expect('word', 'in');
      const over = this.expression(depth + 1);
      this.expect('word', 'do');
      return { kind: 'each', filter: word === 'filter', name, over, body: this.expression(depth + 1) };
    }
    if (word === 'fold') return this.#fold(depth);
    let left = this.#operand(depth);
    while (this.#peek().kind === 'sign' && infix.has(this.#peek().text)) {
      const name = this.#take().text;
      left = { kind: 'call', name, args: [left, this.#operand(depth)] };
    }
    return left;
  }

  #fold(depth: number): Term {
    this.#take();
    const operator = this.#take().text;
    const args: Term[] = [];
    while (args.length < 2 && this.#beginsOperand()) args.push(this.#operand(depth));
    if (args.length === 0) throw syntax(this.#text, 'fold needs a sequence');
    return { kind: 'fold', operator, args };
  }

  #beginsOperand(): boolean {
    const { kind, text } = this.#peek();
    if (kind === 'word') return !keywords.has(text) || text === 'fold';
    return kind === 'number' || kind === 'text' || (kind === 'sign' && (text === '(' || text === '['));
  }

  #operand(depth: number): Term {
    let term = this.#primary(depth + 1);
    while (this.#is('sign', '[') && !this.#peek().spaced) term = this.#part(term, depth);
    return term;
  }

  #primary(depth: number): Term {
    if (depth > depthMax) throw syntax(this.#text, `it nests more than ${depthMax} deep`);
    const { kind, text } = this.#take();
    if (kind === 'number') return { kind: 'literal', value: Number(text) };
    if (kind === 'text') return { kind: 'literal', value: text };
    if (text === '(' && kind === 'sign') {
      const inner = this.expression(depth);
      this.expect('sign', ')');
      return inner;
    }
    if (text === '[' && kind === 'sign') return { kind: 'call', name: 'sequence', args: this.#list(']', depth) };
    const isCall = this.#is('sign', '(');
    if (kind === 'word' && !isCall && !keywords.has(text)) return constants[text] ?? { kind: 'name', name: text };
    if (text === '!' && !isCall) return { kind: 'call', name: '!', args: [this.#operand(depth)] };
    if (
      !isCall ||
      kind === 'end' ||
      (kind === 'sign' && !infix.has(text) && text !== '!') ||
      (keywords.has(text) && text !== 'filter')
    )
      throw syntax(this.#text, `${text || 'the end'} begins no expression`);
    this.#take();
    return { kind: 'call', name: text, args: this.#list(')', depth) };
  }

  #list(closing: string, depth: number): readonly Term[] {
    const args: Term[] = [];
    while (!this.#is('sign', closing)) {
      if (args.length > 0) this.expect('sign', ',');
      args.push(this.expression(depth + 1));
    }
    this.#take();
    return args;
  }

  /** `xs[2]`, `xs[1:3]`, `xs[:2]`, `xs[10:]`. */
  #part(of: Term, depth: number): Term {
    this.#take();
    const nothing: Term = { kind: 'literal', value: null };
    const from = this.#is('sign', ':') ? nothing : this.expression(depth + 1);
    if (!this.#is('sign', ':')) {
      this.expect('sign', ']');
      return { kind: 'call', name: 'index', args: [of, from] };
    }
    this.#take();
    const to = this.#is('sign', ']') ? nothing : this.expression(depth + 1);
    this.expect('sign', ']');
    return { kind: 'call', name: 'slice', args: [of, from, to] };
  }
}

const constants: { readonly [word: string]: Term | undefined } = {
  true: { kind: 'literal', value: true },
  false: { kind: 'literal', value: false },
  null: { kind: 'literal', value: null },
};

function syntax(text: string, why: string): HeddleError {
  const shown = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return new HeddleError({
    code: 'BAD_SYNTAX',
    message: `the body ${JSON.stringify(shown)}: ${why}`,
    retryable: false,
  });
}
