import { type ErrorData, HeddleError, toErrorData } from '../../errors.ts';

/** What an object answers to another: errors as data, because a thrown one arrives without its code. */
export type Answer<T> = { readonly value: T } | { readonly error: ErrorData };

export async function answer<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (thrown) {
    return { error: toErrorData(thrown, 'STORAGE_FAILED') };
  }
}

const triesMax = 3;

/**
 * Asks another object. When it cannot be reached (it moved, it was reset) it is asked again through a new stub, so what is
 * asked must bear to be asked twice.
 * @throws what it answered, or STORAGE_FAILED
 */
export async function ask<T>(what: string, call: () => Promise<Answer<T>>): Promise<T> {
  for (let tries = 1; ; tries++) {
    const answered = await call().catch((thrown: unknown) => {
      if (tries < triesMax) return undefined;
      const { message } = toErrorData(thrown, 'STORAGE_FAILED');
      throw new HeddleError({ code: 'STORAGE_FAILED', message: `${what}: ${message}`, retryable: true });
    });
    if (answered === undefined) continue;
    if ('value' in answered) return answered.value;
    throw new HeddleError(answered.error);
  }
}
