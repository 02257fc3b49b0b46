export interface Sentence {
  readonly offset: number;
  readonly text: string;
}

/** Abbreviations after which a full stop ends nothing. */
const abbreviations = /(?:\b(?:Mr|Mrs|Ms|Dr|St|Capt|Col|Gen|No|vs|etc|i\.e|e\.g)|\b[A-Z])\.$/u;

/** The sentences of a text with their offsets; the end of a paragraph ends a sentence too. */
export function sentencesOf(text: string): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  const push = (end: number): void => {
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed !== '') sentences.push({ offset: start + raw.indexOf(trimmed[0] ?? ''), text: trimmed });
    start = end;
  };
  for (const match of text.matchAll(/[.!?]+["'”’)\]]*(?=\s+["'“‘(]?[\p{Lu}\p{N}])|\n\s*\n/gu)) {
    const end = match.index + match[0].length;
    if (!abbreviations.test(text.slice(Math.max(start, match.index - 8), match.index + 1))) push(end);
  }
  push(text.length);
  return sentences;
}
