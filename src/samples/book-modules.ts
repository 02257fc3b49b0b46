import type { AnyModule } from '../host/registry.ts';
import { rounded, searchPassages } from '../modules/search-bm25.ts';
import { best, type ScoredSentence, textScore } from '../modules/text-score.ts';
import { splitPassages } from '../modules/text-split.ts';
import { stemOf, termsOf, wordsOf } from '../modules/words.ts';
import { defineModule } from '../ports/module.ts';
import { chapterAt, mobyDick } from './moby-dick.ts';

/** A part of the book by its offsets, so that no task is handed the text itself. */
export interface Shard {
  readonly from: number;
  readonly until: number;
}

const shardSchema = {
  type: 'object',
  required: ['from', 'until'],
  properties: { from: { type: 'integer' }, until: { type: 'integer' } },
};

/** Cuts the book into shards of about the same size, at the ends of paragraphs. */
const bookShards = defineModule<
  { readonly shards: number },
  { readonly shards: readonly Shard[]; readonly characters: number }
>({
  name: 'book.shards',
  version: '1',
  description: 'cuts the book into shards along its paragraphs',
  input: { type: 'object', required: ['shards'], properties: { shards: { type: 'integer', minimum: 1 } } },
  async run({ shards }) {
    const text = await mobyDick();
    const cuts = Array.from({ length: shards - 1 }, (_, index) => {
      const paragraph = text.indexOf('\n\n', Math.floor((text.length * (index + 1)) / shards));
      return paragraph < 0 ? text.length : paragraph;
    });
    const bounds = [0, ...cuts, text.length];
    return {
      characters: text.length,
      shards: bounds.slice(1).map((until, index) => ({ from: bounds[index] ?? 0, until })),
    };
  },
});

interface IndexInput {
  readonly shard: Shard;
  readonly question: string;
  readonly k?: number;
}
interface IndexOutput {
  /** Offsets of the best passages in the book. */
  readonly passages: readonly { readonly from: number; readonly until: number; readonly score: number }[];
  readonly documents: number;
  /** In how many passages of the shard each term of the question stands. */
  readonly documentsWith: { readonly [term: string]: number };
}

/** Splits a shard into passages, indexes them, and answers with the best and with what the whole needs to weigh terms. */
const bookIndex = defineModule<IndexInput, IndexOutput>({
  name: 'book.index',
  version: '1',
  description: 'indexes a shard and searches it by BM25',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['shard', 'question'],
    properties: { shard: shardSchema, question: { type: 'string' }, k: { type: 'integer' } },
  },
  async run({ shard, question, k = 25 }) {
    const text = (await mobyDick()).slice(shard.from, shard.until);
    const passages = splitPassages(text);
    const stems = passages.map((passage) => new Set(wordsOf(passage.text).map(stemOf)));
    const documentsWith = Object.fromEntries(
      termsOf(question).map((term) => [term, stems.filter((words) => words.has(stemOf(term))).length]),
    );
    const hits = searchPassages(question, passages, k);
    return {
      passages: hits.map(({ offset, text: { length }, score }) => ({
        from: shard.from + offset,
        until: shard.from + offset + length,
        score,
      })),
      documents: passages.length,
      documentsWith,
    };
  },
});

/** Inverse document frequency over all shards: ln(1 + (N - n + 0.5) / (n + 0.5)), as in BM25 (Robertson & Zaragoza 2009). */
const bookWeights = defineModule<
  { readonly shards: readonly IndexOutput[] },
  { readonly weights: { readonly [term: string]: number } }
>({
  name: 'book.weights',
  version: '1',
  description: 'weighs the terms of the question by their inverse document frequency',
  input: { type: 'object', required: ['shards'], properties: { shards: { type: 'array' } } },
  run({ shards }) {
    const documents = shards.reduce((sum, shard) => sum + shard.documents, 0);
    const terms = Object.keys(shards[0]?.documentsWith ?? {});
    const weights = terms.map((term) => {
      const having = shards.reduce((sum, shard) => sum + (shard.documentsWith[term] ?? 0), 0);
      return [term, rounded(Math.log(1 + (documents - having + 0.5) / (having + 0.5)))] as const;
    });
    return { weights: Object.fromEntries(weights) };
  },
});

interface ScoreInput {
  readonly found: IndexOutput;
  readonly question: string;
  readonly weights: { readonly [term: string]: number };
}

/** Scores every sentence of the passages found in a shard. */
const bookScore = defineModule<ScoreInput, { readonly sentences: readonly ScoredSentence[] }>({
  name: 'book.score',
  version: '1',
  description: 'scores the sentences of the passages found in a shard',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['found', 'question', 'weights'],
    properties: { found: { type: 'object' }, question: { type: 'string' }, weights: { type: 'object' } },
  },
  async run({ found, question, weights }, ctx) {
    const text = await mobyDick();
    const sentences: ScoredSentence[] = [];
    for (const { from, until } of found.passages) {
      ctx.signal.throwIfAborted();
      const scored = await textScore.run({ question, text: text.slice(from, until), offset: from, weights }, ctx);
      sentences.push(...scored.sentences);
    }
    return { sentences: sentences.sort(best).slice(0, 3) };
  },
});

/** Merges what the shards found and keeps the best. */
const bookRerank = defineModule<
  { readonly scored: readonly { readonly sentences: readonly ScoredSentence[] }[]; readonly k: number },
  { readonly sentences: readonly ScoredSentence[] }
>({
  name: 'book.rerank',
  version: '1',
  description: 'merges the sentences of all shards, best first',
  input: {
    type: 'object',
    required: ['scored', 'k'],
    properties: { scored: { type: 'array' }, k: { type: 'integer', minimum: 1 } },
  },
  run: ({ scored, k }) => ({
    sentences: scored
      .flatMap(({ sentences }) => sentences)
      .sort(best)
      .slice(0, k),
  }),
});

/** The chapter a place in the book belongs to. */
const bookChapter = defineModule<{ readonly offset: number }, { readonly chapter: string }>({
  name: 'book.chapter',
  version: '1',
  description: 'names the chapter of a place in the book',
  input: { type: 'object', required: ['offset'], properties: { offset: { type: 'integer' } } },
  run: async ({ offset }) => ({ chapter: chapterAt(await mobyDick(), offset) }),
});

export const bookModules: readonly AnyModule[] = [
  bookShards,
  bookIndex,
  bookWeights,
  bookScore,
  bookRerank,
  bookChapter,
];
