import { defineModule } from '../ports/module.ts';

export interface SplitInput {
  readonly text: string;
  /** About how many characters a passage has at most; a longer paragraph stays whole. Default 1200. */
  readonly charsMax?: number;
}

/** A passage and where it begins in the text, in UTF-16 units. */
export interface Passage {
  readonly offset: number;
  readonly text: string;
}

/** Splits a text into passages along its paragraphs. */
export const textSplit = defineModule<SplitInput, { readonly passages: readonly Passage[] }>({
  name: 'text.split',
  version: '1',
  description: 'splits a text into passages along its paragraphs',
  input: {
    type: 'object',
    required: ['text'],
    properties: { text: { type: 'string' }, charsMax: { type: 'integer', minimum: 1 } },
  },
  run: ({ text, charsMax }) => ({ passages: splitPassages(text, charsMax) }),
});

export function splitPassages(text: string, charsMax = 1200): readonly Passage[] {
  const passages: { offset: number; text: string }[] = [];
  for (const { index, 0: paragraph } of text.matchAll(/[^\n](?:[^\n]|\n(?!\s*\n))*/g)) {
    const last = passages.at(-1);
    const joined = last === undefined ? '' : text.slice(last.offset, index + paragraph.length);
    if (last !== undefined && joined.length <= charsMax) last.text = joined;
    else passages.push({ offset: index, text: paragraph });
  }
  return passages;
}
