import type { ProgramNode } from '../program/program.ts';

/** A breaker policy with its defaults filled in. */
export interface BreakerPolicy {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** How long it stays open, and how long a trial may take before it is taken for lost. */
  readonly openMs: number;
  /** Trials at once while it is half-open. */
  readonly halfOpenMax: number;
  /** Who names the same key shares the breaker. */
  readonly key: string;
}

const breakerDefaults = { failures: 5, openMs: 30_000, halfOpenMax: 1 } as const;

/** @param key of a policy without one */
export function resolveBreaker(policy: NonNullable<ProgramNode['breaker']>, key: string): BreakerPolicy {
  return { ...breakerDefaults, key, ...policy };
}

export type BreakerPhase = 'closed' | 'open' | 'halfOpen';

/** A circuit breaker (Nygard, Release It!, 2007) as data, to be stored and shared. */
export interface BreakerState {
  readonly phase: BreakerPhase;
  /** In a row, while closed. */
  readonly failures: number;
  /** When the phase began, for open and half-open; 0 while closed. */
  readonly openedAtMs: number;
  /** Under way, while half-open. */
  readonly trials: number;
}

export const breakerClosed: BreakerState = { phase: 'closed', failures: 0, openedAtMs: 0, trials: 0 };

export interface BreakerAnswer {
  readonly admit: boolean;
  /** The same object when nothing has changed. */
  readonly state: BreakerState;
  /** When it is worth asking again; only of a refusal. */
  readonly retryAfterMs?: number;
}

/**
 * Whether a call may be made. When it has been open for long enough, it lets trials through, `halfOpenMax` at once; trials
 * that have told nothing for `openMs` are taken for lost with their host, and others are let through instead.
 */
export function breakerAdmits(given: BreakerState, policy: BreakerPolicy, nowMs: number): BreakerAnswer {
  if (given.phase === 'closed') return { admit: true, state: given };
  // A clock that was set back must not keep it shut for longer than openMs from now.
  const state = given.openedAtMs > nowMs ? { ...given, openedAtMs: nowMs } : given;
  if (state.phase === 'halfOpen' && state.trials < policy.halfOpenMax) {
    return { admit: true, state: { ...state, trials: state.trials + 1 } };
  }
  const retryAfterMs = state.openedAtMs + policy.openMs - nowMs;
  if (retryAfterMs > 0) return { admit: false, state, retryAfterMs };
  return { admit: true, state: { phase: 'halfOpen', failures: 0, openedAtMs: nowMs, trials: 1 } };
}

/**
 * What a call came to. `failures` in a row open the breaker; half-open, one success closes it and one failure opens it
 * again. What is told while it is open is old news.
 * @returns the same object when nothing has changed
 */
export function breakerTold(
  state: BreakerState,
  policy: BreakerPolicy,
  outcome: 'succeeded' | 'failed',
  nowMs: number,
): BreakerState {
  if (state.phase === 'open') return state;
  if (outcome === 'succeeded') return state.phase === 'closed' && state.failures === 0 ? state : breakerClosed;
  const failures = state.failures + 1;
  if (state.phase === 'closed' && failures < policy.failures) return { ...state, failures };
  return { phase: 'open', failures: 0, openedAtMs: nowMs, trials: 0 };
}

/**
 * A call was given up and says nothing about the service: a trial gives its place back.
 * @param admitted the state its admission led to; only a trial of the half-open phase that still lasts has a place
 * @returns the same object when nothing has changed
 */
export function breakerAbandoned(state: BreakerState, admitted: BreakerState): BreakerState {
  const isTrial = admitted.phase === 'halfOpen' && state.phase === 'halfOpen' && state.trials > 0;
  if (!isTrial || state.openedAtMs !== admitted.openedAtMs) return state;
  return { ...state, trials: state.trials - 1 };
}
