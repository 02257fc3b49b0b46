/** Real IndexedDB whose operations fail at will: from the k-th on, so many of them. */
export type Fault = 'QuotaExceededError' | 'AbortError' | 'closed' | 'UnknownError';

let counted = 0;
let plan: { readonly fault: Fault; readonly from: number; readonly to: number } | null = null;
let failed = 0;

const messages = {
  QuotaExceededError: 'Encountered full disk while opening backing store for indexedDB.open.',
  UnknownError: 'Connection to Indexed Database server lost. Refresh the page to try again',
} as const;

/** Decides about one operation. @throws what the plan says */
function operation(database: IDBDatabase | null, transaction: IDBTransaction | null): 'abort' | undefined {
  counted++;
  if (plan === null || counted < plan.from || counted > plan.to) return undefined;
  failed++;
  const { fault } = plan;
  if (fault === 'closed') {
    // The next transaction finds it closed, for real.
    (database ?? transaction?.db)?.close();
    return undefined;
  }
  if (fault === 'AbortError') {
    if (transaction !== null) return 'abort';
    throw new DOMException('The transaction was aborted', 'AbortError');
  }
  throw new DOMException(messages[fault], fault);
}

function wrap(prototype: object, method: string, around: (self: unknown, call: () => unknown) => unknown): void {
  const original = (prototype as Record<string, (...given: unknown[]) => unknown>)[method];
  if (original === undefined) throw new Error(`there is no ${method}`);
  Object.defineProperty(prototype, method, {
    configurable: true,
    writable: true,
    value(this: unknown, ...given: unknown[]) {
      return around(this, () => original.apply(this, given));
    },
  });
}

/** Puts itself between the page and IndexedDB, once. */
export function installFaults(): void {
  wrap(IDBFactory.prototype, 'open', (_, call) => {
    operation(null, null);
    return call();
  });
  wrap(IDBDatabase.prototype, 'transaction', (self, call) => {
    operation(self as IDBDatabase, null);
    return call();
  });
  for (const method of [
    'get',
    'getAll',
    'getAllKeys',
    'put',
    'add',
    'delete',
    'openKeyCursor',
    'openCursor',
  ] as const) {
    wrap(IDBObjectStore.prototype, method, (self, call) => {
      const { transaction } = self as IDBObjectStore;
      const what = operation(null, transaction);
      const request = call();
      if (what === 'abort') transaction.abort();
      return request;
    });
  }
}

export function failFrom(fault: Fault, from: number, count: number): void {
  counted = 0;
  failed = 0;
  plan = { fault, from, to: from + count - 1 };
}

/** @returns how many operations there were since, and how many of them failed */
export function noFaults(): { readonly counted: number; readonly failed: number } {
  plan = null;
  const was = { counted, failed };
  counted = 0;
  failed = 0;
  return was;
}
