/**
 * A port answers at once or later. Stores that are synchronous (memory, SQLite, a Durable Object) keep a whole turn of the
 * host free of `await`, which is what lets a Durable Object coalesce the turn's writes into one commit.
 */
export type MaybePromise<T> = T | Promise<T>;

export function isPromise<T>(answer: MaybePromise<T>): answer is Promise<T> {
  return typeof (answer as { then?: unknown } | null | undefined)?.then === 'function';
}

/** Runs `next` on the answer, now if it is here, later if it is a promise. */
export function after<T, U>(answer: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return isPromise(answer) ? answer.then(next) : next(answer);
}
