import { expect, test } from 'vitest';
import { checkInvariants } from '../../src/engine/invariants.ts';
import { Machine } from './machine.ts';

const broken = expect.objectContaining({ code: 'INVARIANT' });

test('RC3 a state in which nothing runs and nothing will wake it is told, with what is blocked', () => {
  const { plan, state } = new Machine({ a: { if: 'true' }, b: { needs: ['a'] } });
  expect(() => checkInvariants(plan, state)).not.toThrow();
  state.derived.asking.clear();
  expect(() => checkInvariants(plan, state)).toThrow(broken);
});

test('what is derived and does not follow from the state is told', () => {
  const { plan, state } = new Machine({ a: {}, b: {} });
  state.derived.running.clear();
  expect(() => checkInvariants(plan, state)).toThrow(broken);
});
