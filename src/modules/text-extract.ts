import { defineModule } from '../ports/module.ts';
import { best, type ScoredSentence } from './text-score.ts';
import { stemOf, termsOf, wordsOf } from './words.ts';

export interface ExtractInput {
  readonly question: string;
  readonly sentences: readonly ScoredSentence[];
}

export interface Extract {
  /** The part of the quotation that answers, in its own words. */
  readonly answer: string;
  /** The whole sentence, exactly as it stands in the text. */
  readonly quotation: string;
  readonly offset: number;
  readonly score: number;
}

/** Takes the best sentence as the quotation and its most telling clauses as the answer. */
export const textExtract = defineModule<ExtractInput, Extract>({
  name: 'text.extract',
  version: '1',
  description: 'extracts an answer with its quotation from scored sentences',
  input: {
    type: 'object',
    required: ['question', 'sentences'],
    properties: { question: { type: 'string' }, sentences: { type: 'array' } },
  },
  run: ({ question, sentences }) => {
    const [found] = [...sentences].sort(best);
    if (found === undefined) return { answer: 'The text does not say.', quotation: '', offset: -1, score: 0 };
    return {
      answer: tellingPart(question, found.text),
      quotation: found.text,
      offset: found.offset,
      score: found.score,
    };
  },
});

/** Clauses at the most in an answer. */
const clausesMax = 3;

/** From the first clause with a term of the question to the last, at most three of them. */
function tellingPart(question: string, sentence: string): string {
  const stems = new Set(termsOf(question).map(stemOf));
  const clauses = sentence.match(/[^;:—]+[;:—]*/gu) ?? [sentence];
  const hits = clauses.map((clause) => wordsOf(clause).filter((word) => stems.has(stemOf(word))).length);
  const first = hits.findIndex((count) => count > 0);
  if (first < 0) return sentence;
  const last = Math.min(
    hits.findLastIndex((count) => count > 0),
    first + clausesMax - 1,
  );
  return clauses
    .slice(first, last + 1)
    .join('')
    .replace(/[\s;:—]+$/u, '')
    .trim();
}
