import { defineModule } from '../ports/module.ts';
import { rounded } from './search-bm25.ts';
import { sentencesOf } from './sentences.ts';
import { stemOf, termsOf, wordsOf } from './words.ts';

export interface ScoreInput {
  readonly question: string;
  readonly text: string;
  /** Where the text begins in the whole, added to every offset. */
  readonly offset?: number;
  /** How much each term of the question counts, such as its inverse document frequency; 1 when absent. */
  readonly weights?: { readonly [term: string]: number };
  /** Sentences returned at the most; default 3. */
  readonly k?: number;
}

export interface ScoredSentence {
  readonly offset: number;
  readonly text: string;
  readonly score: number;
}

/** Similarity below this counts as none. */
const similarityMin = 0.8;
/** A sentence of fewer words says too little to be quoted alone. */
const wordsMin = 8;

/**
 * Scores every sentence of a text against a question: for each term of the question the most similar word of the sentence
 * counts, by local alignment of their letters (Smith & Waterman 1981), weighted, with a bonus when the matches stand
 * close together. Work proportional to words times terms times their letters: milliseconds for a chapter.
 */
export const textScore = defineModule<ScoreInput, { readonly sentences: readonly ScoredSentence[] }>({
  name: 'text.score',
  version: '1',
  description: 'scores the sentences of a text against a question by alignment and proximity',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['question', 'text'],
    properties: {
      question: { type: 'string' },
      text: { type: 'string' },
      offset: { type: 'integer' },
      weights: { type: 'object' },
      k: { type: 'integer', minimum: 1 },
    },
  },
  run: ({ question, text, offset = 0, weights = {}, k = 3 }) => {
    const terms = termsOf(question).map((term) => ({ stem: stemOf(term), weight: weights[term] ?? 1 }));
    const scored = sentencesOf(text).map((sentence) => ({
      offset: offset + sentence.offset,
      text: sentence.text,
      score: scoreSentence(sentence.text, terms),
    }));
    return {
      sentences: scored
        .filter(({ score }) => score > 0)
        .sort(best)
        .slice(0, k),
    };
  },
});

export function best(a: ScoredSentence, b: ScoredSentence): number {
  return b.score - a.score || a.offset - b.offset;
}

function scoreSentence(sentence: string, terms: readonly { readonly stem: string; readonly weight: number }[]): number {
  const words = wordsOf(sentence).map(stemOf);
  let score = 0;
  const places: number[] = [];
  for (const { stem, weight } of terms) {
    let [bestSimilarity, place] = [0, -1];
    words.forEach((word, index) => {
      const similarity = alignment(stem, word);
      if (similarity > bestSimilarity) [bestSimilarity, place] = [similarity, index];
    });
    if (bestSimilarity < similarityMin) continue;
    score += weight * bestSimilarity * bestSimilarity;
    places.push(place);
  }
  if (places.length === 0) return 0;
  const span = Math.max(...places) - Math.min(...places) + 1;
  const closeness = places.length / Math.max(span, places.length);
  const coverage = places.length / terms.length;
  // Very long sentences match by their length alone.
  const brevity = Math.min(1, words.length / wordsMin) / (1 + words.length / 200);
  return rounded(score * coverage * coverage * (1 + closeness / 2) * brevity);
}

/** Best local alignment of two words, match 2, mismatch and gap -1, as a share of the best there could be. */
function alignment(a: string, b: string): number {
  if (a === b) return 1;
  let previous = new Int32Array(b.length + 1);
  let current = new Int32Array(b.length + 1);
  let most = 0;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const diagonal = (previous[j - 1] as number) + (a.charCodeAt(i - 1) === b.charCodeAt(j - 1) ? 2 : -1);
      const cell = Math.max(0, diagonal, (previous[j] as number) - 1, (current[j - 1] as number) - 1);
      current[j] = cell;
      if (cell > most) most = cell;
    }
    [previous, current] = [current, previous];
  }
  return most / (2 * Math.max(a.length, b.length));
}
