/** A law of the engine was broken. The message begins with the seed (or the write) that shows it again. */
export class LawBroken extends Error {
  override readonly name = 'LawBroken';
}
