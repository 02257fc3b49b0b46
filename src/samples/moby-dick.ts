/** The text of the book; loaded when first asked for, because it is 1.2 MB. */
export async function mobyDick(): Promise<string> {
  const { default: text } = await import('./moby-dick.txt');
  return text;
}

/** The heading of the chapter an offset lies in, such as `CHAPTER 36. The Quarter-Deck.` */
export function chapterAt(text: string, offset: number): string {
  const before = text.slice(0, Math.max(offset, 0) + 1);
  return [...before.matchAll(/^(?:CHAPTER \d+\..*|Epilogue.*)$/gm)].at(-1)?.[0] ?? '';
}
