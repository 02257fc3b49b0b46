import fc from 'fast-check';
import { expect, test } from 'vitest';
import { searchPassages } from '../../src/modules/search-bm25.ts';
import { sentencesOf } from '../../src/modules/sentences.ts';
import { splitPassages } from '../../src/modules/text-split.ts';

const texts = fc
  .array(fc.constantFrom('Call me Ishmael. ', 'Mr. Starbuck said no! ', 'whale ', '\n\n', '\n', '"Avast!" '), {
    maxLength: 40,
  })
  .map((parts) => parts.join(''));

test('passages and sentences stand in the text where they say, in order, and lose nothing but white space', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 80 }), (text, charsMax) => {
      for (const parts of [splitPassages(text, charsMax), sentencesOf(text)]) {
        let end = 0;
        for (const part of parts) {
          expect(text.slice(part.offset, part.offset + part.text.length)).toBe(part.text);
          expect(text.slice(end, part.offset).trim()).toBe('');
          end = part.offset + part.text.length;
        }
        expect(text.slice(end).trim()).toBe('');
      }
    }),
  );
});

test('an abbreviation ends no sentence', () => {
  expect(sentencesOf('Mr. Starbuck came. He left.').map(({ text }) => text)).toEqual([
    'Mr. Starbuck came.',
    'He left.',
  ]);
});

test('the passage that has the words comes first, ties by place', () => {
  const passages = ['The sea was calm.', 'A white whale, a whale!', 'The whale again.'].map((text, offset) => ({
    offset,
    text,
  }));
  expect(searchPassages('Where is the white whale?', passages).map(({ offset }) => offset)).toEqual([1, 2]);
});
