/** Words of a text in lower case, letters and digits of any script, with an apostrophe inside a word kept. */
export function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)*/gu) ?? [];
}

/** Words that say little about what is asked: question words, articles, auxiliaries, prepositions. */
const stopWords: ReadonlySet<string> = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have he her him his how i if in is it its me my no not of on or our she ' +
    'should so some such than that the their them then there these they this those to was we were what when where which while who whom whose why will with would you your'
  ).split(' '),
);

/** The words of a question worth looking for, each once, in their order. */
export function termsOf(question: string): readonly string[] {
  const words = wordsOf(question);
  const telling = words.filter((word) => !stopWords.has(word));
  return [...new Set(telling.length > 0 ? telling : words)];
}

/** Crude stem: enough to let "nailed" find "nail" and "whales" find "whale". */
export function stemOf(word: string): string {
  return word.length > 4 ? word.replace(/(?:['’]s|ing|ed|es|s)$/u, '') : word.replace(/['’]s$/u, '');
}
