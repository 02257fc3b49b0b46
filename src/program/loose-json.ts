import type { Value } from './value.ts';

/**
 * Reads JSON as language models write it: inside a code fence or a sentence, with single quotes, comments, trailing or
 * missing commas, bare keys, Python's True, False and None, and ends that were cut off. Never throws.
 *
 * @returns undefined when the text holds no object, list, number, literal or quoted text
 */
export function readLooseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return new LooseReader(unfenced(text)).read();
  }
}

/** The inside of the first code fence, if there is one that holds more than a word. */
function unfenced(text: string): string {
  const fence = /```[\w-]*\s*\n?([\s\S]*?)(?:```|$)/.exec(text);
  return fence?.[1] !== undefined && /[[{"]/.test(fence[1]) ? fence[1] : text;
}

const literals: Readonly<Record<string, Value>> = { true: true, false: false, null: null, None: null };
/** Deeper than any answer; a guard of the stack. */
const depthMax = 200;

class LooseReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Value | undefined {
    const whole = this.#text.trim();
    const word = literalOf(whole) ?? numberOf(whole);
    if (word !== undefined) return word;
    const isQuoted = /^(["'])[\s\S]*\1$/.test(whole);
    const start = isQuoted ? this.#text.search(/["']/) : this.#text.search(/[[{]/);
    if (start < 0) return undefined;
    this.#at = start;
    return this.#value(0);
  }

  #value(depth: number): Value {
    this.#skip();
    const char = this.#text[this.#at];
    if (depth < depthMax && char === '{') return this.#object(depth);
    if (depth < depthMax && char === '[') return this.#list(depth);
    if (char === '"' || char === "'") return this.#quoted(char);
    return this.#bare();
  }

  #object(depth: number): Value {
    const members: [string, Value][] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      const char = this.#text[this.#at];
      if (char === undefined || char === ']') break;
      if (char === '}') {
        this.#at++;
        break;
      }
      const before = this.#at;
      const key = char === '"' || char === "'" ? this.#quoted(char) : this.#until(/[:,}\]\n]/);
      this.#skip();
      if (this.#text[this.#at] === ':') {
        this.#at++;
        members.push([String(key), this.#value(depth + 1)]);
      }
      if (this.#at === before) this.#at++;
    }
    return Object.fromEntries(members);
  }

  #list(depth: number): Value {
    const items: Value[] = [];
    this.#at++;
    for (;;) {
      this.#skip();
      const char = this.#text[this.#at];
      if (char === undefined || char === '}') break;
      if (char === ']') {
        this.#at++;
        break;
      }
      const before = this.#at;
      items.push(this.#value(depth + 1));
      if (this.#at === before) this.#at++;
    }
    return items;
  }

  /** A quote inside a text that is not followed by an end is taken as part of it. */
  #quoted(quote: string): string {
    let text = '';
    for (this.#at++; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at] as string;
      if (char === '\\') text += this.#escaped();
      else if (char !== quote) text += char;
      else if (/^\s*([:,}\]]|$)/.test(this.#text.slice(this.#at + 1, this.#at + 40))) {
        this.#at++;
        return text;
      } else text += char;
    }
    return text;
  }

  #escaped(): string {
    const char = this.#text[++this.#at] ?? '';
    if (char === 'u') {
      const code = /^[0-9a-fA-F]{4}/.exec(this.#text.slice(this.#at + 1))?.[0];
      if (code === undefined) return 'u';
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(code, 16));
    }
    return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[char] ?? char;
  }

  #bare(): Value {
    const word = this.#until(/[,}\]\n]/).trim();
    return literalOf(word) ?? numberOf(word) ?? word;
  }

  #until(end: RegExp): string {
    const rest = this.#text.slice(this.#at);
    const length = rest.search(end);
    const found = length < 0 ? rest : rest.slice(0, length);
    this.#at += found.length;
    return found.trim();
  }

  /** Blanks, commas and comments. */
  #skip(): void {
    const found = /^(?:[\s,]+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))*/.exec(this.#text.slice(this.#at));
    this.#at += found?.[0].length ?? 0;
  }
}

function literalOf(word: string): Value | undefined {
  const key = word === 'True' || word === 'False' ? word.toLowerCase() : word;
  return Object.hasOwn(literals, key) ? literals[key] : undefined;
}

function numberOf(word: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(word) ? Number(word) : undefined;
}
