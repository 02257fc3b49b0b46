import MiniSearch from 'minisearch';
import { defineModule } from '../ports/module.ts';
import type { Passage } from './text-split.ts';
import { stemOf, termsOf } from './words.ts';

export interface SearchInput {
  readonly query: string;
  readonly passages: readonly Passage[];
  /** Results at the most; default 5. */
  readonly k?: number;
}

export interface SearchHit extends Passage {
  readonly score: number;
}

/**
 * Ranks passages by BM25+ (Lv & Zhai 2011), as implemented by minisearch. The index lives as long as the call: a module
 * keeps nothing between calls, because the next one may run on another machine.
 */
export const searchBm25 = defineModule<SearchInput, { readonly hits: readonly SearchHit[] }>({
  name: 'search.bm25',
  version: '1',
  description: 'ranks passages by BM25',
  kind: 'cpu',
  input: {
    type: 'object',
    required: ['query', 'passages'],
    properties: { query: { type: 'string' }, passages: { type: 'array' }, k: { type: 'integer', minimum: 1 } },
  },
  run: ({ query, passages, k }) => ({ hits: searchPassages(query, passages, k) }),
});

export function searchPassages(query: string, passages: readonly Passage[], k = 5): readonly SearchHit[] {
  const index = new MiniSearch<Passage>({
    idField: 'offset',
    fields: ['text'],
    processTerm: (term) => stemOf(term.toLowerCase()),
  });
  index.addAll(passages);
  const byOffset = new Map(passages.map((passage) => [passage.offset, passage]));
  return index
    .search(termsOf(query).join(' '))
    .map(({ id, score }) => ({
      offset: id as number,
      text: byOffset.get(id as number)?.text ?? '',
      score: rounded(score),
    }))
    .sort((a, b) => b.score - a.score || a.offset - b.offset)
    .slice(0, k);
}

/** Six digits are told, so that a last bit of difference between platforms can never reorder results. */
export function rounded(score: number): number {
  return Math.round(score * 1e6) / 1e6;
}
