import { HeddleError } from '../../errors.ts';
import { type Amounts, firstLacking, sum } from '../../policy/amounts.ts';
import type { ResourceUsage } from '../view/execution-view.ts';

/** What an engine has to share. */
export interface ResourceOptions {
  /** So much there is of each type. */
  readonly capacity: Readonly<Record<string, number>>;
  /** Per unit and ms; what has no price costs nothing. */
  readonly prices?: Readonly<Record<string, number>>;
  /** A request that has waited for so long is no longer passed by others; default 30 s. */
  readonly ageingMs?: number;
}

/** What is asked for; several make one request, granted whole or not at all. */
export interface ResourceRequirement {
  readonly type: string;
  readonly amount: number;
  /** How long it is expected to be held, in ms. */
  readonly duration?: number;
  /** 0 (last) to 10 (first); the highest of a request counts. */
  readonly priority: number;
  /** Carried along, not judged. */
  readonly constraints?: Readonly<Record<string, unknown>>;
}

/** What was granted for one requirement, until it is released. */
export interface Resource {
  readonly id: string;
  /** The request it belongs to. */
  readonly allocationId: string;
  readonly type: string;
  readonly amount: number;
  readonly allocatedAt: Date;
  readonly constraints?: Readonly<Record<string, unknown>>;
}

export interface ResourceUtilization {
  readonly capacity: number;
  readonly used: number;
  /** How much is asked for by requests that wait. */
  readonly waiting: number;
  /** 0 to 1. */
  readonly utilisation: number;
}

/** What all requirements come to. @throws BAD_INPUT, or UNSATISFIABLE_RESOURCES when that can never be granted */
export function needsOf(requirements: readonly ResourceRequirement[], capacity: Amounts): Amounts {
  for (const [index, { type, amount, duration = 0, priority }] of requirements.entries()) {
    const refuse = (key: string, value: unknown, what: string): never => {
      throw new HeddleError({
        code: 'BAD_INPUT',
        message: `the ${key} of a requirement of ${JSON.stringify(type)} is ${String(value)}, not ${what}`,
        path: `${index}.${key}`,
        retryable: false,
      });
    };
    if (typeof type !== 'string') refuse('type', type, 'text');
    if (!(Number.isFinite(amount) && amount >= 0)) refuse('amount', amount, 'a number from 0 on');
    if (!(duration >= 0)) refuse('duration', duration, 'ms from 0 on');
    if (!(priority >= 0 && priority <= 10)) refuse('priority', priority, 'a number from 0 to 10');
  }
  const needs = sum(requirements.map(({ type, amount }) => new Map([[type, amount]])));
  const type = firstLacking(needs, capacity);
  if (type !== undefined) {
    const [amount, most] = [needs.get(type) ?? 0, capacity.get(type) ?? 0];
    throw new HeddleError({
      code: 'UNSATISFIABLE_RESOURCES',
      message: `${amount} of ${type} are required, but the capacity is ${most}`,
      hint: 'require less, or give the engine more',
      retryable: false,
      details: { type, amount, capacity: most },
    });
  }
  return needs;
}

/** A resource that is not released yet. */
export interface Held extends Resource {
  readonly reservationId: string | undefined;
  readonly durationMs: number | undefined;
  readonly sinceMs: number;
}

/** @param prices per unit and ms */
export function usageOf(held: Held, prices: Amounts, nowMs: number, ended: boolean): ResourceUsage {
  const { id, type, amount, sinceMs, durationMs, allocatedAt } = held;
  const heldMs = Math.max(0, nowMs - sinceMs);
  return {
    resourceId: id,
    resourceType: type,
    amountUsed: amount,
    startTime: allocatedAt,
    cost: amount * heldMs * (prices.get(type) ?? 0),
    ...(ended && { endTime: new Date(sinceMs + heldMs) }),
    // The share of the time asked for that it was held; who told none has wasted none.
    efficiency: durationMs === undefined || durationMs === 0 ? 1 : Math.min(1, heldMs / durationMs),
  };
}

/** The id of the resource for one requirement of an allocation. @throws BAD_INPUT when the allocation's id looks like such a one */
export function resourceId(allocationId: string, index: number): string {
  if (!/~\d+$/.test(allocationId)) return `${allocationId}~${index}`;
  const message = `${allocationId} cannot be the id of an allocation: those of resources end so`;
  throw new HeddleError({ code: 'BAD_INPUT', message, retryable: false });
}

export function aborted(allocationId: string): HeddleError {
  return new HeddleError({ code: 'ABORTED', message: `the wait for allocation ${allocationId} was given up` });
}

export function unavailable(needs: Amounts, free: Amounts, which = 'free'): HeddleError {
  const told = [...needs].map(([type, amount]) => `${amount} of ${type} (${free.get(type) ?? 0} ${which})`);
  const message = `there is no room at the moment for ${told.join(', ')}`;
  return new HeddleError({ code: 'RESOURCE_UNAVAILABLE', message, retryable: true });
}
