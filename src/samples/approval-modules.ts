import type { AnyModule } from '../host/registry.ts';
import { defineModule } from '../ports/module.ts';

interface Wanted {
  readonly item: string;
  readonly amount: number;
}
const wanted = { item: { type: 'string' }, amount: { type: 'integer', minimum: 1 } } as const;

const price = defineModule<Wanted, { readonly unit: number; readonly total: number }>({
  name: 'approval.price',
  version: '1',
  description: 'works out what an order costs',
  input: { type: 'object', required: ['item', 'amount'], properties: wanted },
  run({ item, amount }) {
    const unit = 5 + (item.length % 20);
    return { unit, total: unit * amount };
  },
});

const order = defineModule<Wanted & { readonly total: number }, { readonly receipt: string }>({
  name: 'approval.order',
  version: '1',
  description: 'orders what was approved',
  input: {
    type: 'object',
    required: ['item', 'amount', 'total'],
    properties: { ...wanted, total: { type: 'number' } },
  },
  run: ({ item, amount, total }, { idempotencyKey }) => ({
    receipt: `${amount} × ${item} for ${total}, no. ${idempotencyKey.slice(0, 8)}`,
  }),
});

const decline = defineModule<{ readonly item: string; readonly reason: string }, { readonly note: string }>({
  name: 'approval.decline',
  version: '1',
  description: 'says why nothing was ordered',
  input: {
    type: 'object',
    required: ['item', 'reason'],
    properties: { item: { type: 'string' }, reason: { type: 'string' } },
  },
  run: ({ item, reason }) => ({ note: `${item} was not ordered: ${reason}` }),
});

/** An order that a person has to approve. */
export const approvalModules: readonly AnyModule[] = [price, order, decline];
