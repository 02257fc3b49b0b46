import type { Clock } from '../../ports/clock.ts';

/** What is needed of a Durable Object's storage; `ctx.storage` fits. */
export interface AlarmStorage {
  setAlarm(scheduledTime: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** While an execution is unfinished its object is woken at least so often: should it die, the next alarm brings it back. */
const heartbeatMs = 10_000;

/**
 * The clock of a Durable Object, which has one alarm and one execution. A wake-up is a timer while the object lives and
 * the alarm in case it does not; the alarm is at least once and may be late, both of which the machine bears.
 */
export class AlarmClock implements Clock {
  readonly #storage: AlarmStorage;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #due: { readonly atMs: number; readonly wake: () => void } | null = null;
  #alarmAtMs = 0;

  constructor(storage: AlarmStorage) {
    this.#storage = storage;
  }

  now(): number {
    return Date.now();
  }

  wakeAt(_executionId: string, atMs: number | null, wake: () => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = atMs === null ? null : { atMs, wake };
    if (atMs === null) return;
    const delayMs = Math.max(0, atMs - Date.now());
    if (delayMs <= heartbeatMs) this.#timer = setTimeout(() => this.#fire(), delayMs);
    this.keepAlive();
  }

  /** Arms the alarm for the next deadline, or the heartbeat if that is sooner. Called when work begins and by every alarm. */
  keepAlive(): void {
    const soonest = Date.now() + heartbeatMs;
    const atMs = Math.min(this.#due?.atMs ?? soonest, soonest);
    // An alarm that is set and sooner will come and arm the next one.
    if (this.#alarmAtMs > Date.now() && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    void this.#storage.setAlarm(Math.max(atMs, Date.now()));
  }

  /** The object's alarm has come. */
  alarmed(): void {
    this.#alarmAtMs = 0;
    if (this.#due !== null && this.#due.atMs <= Date.now()) this.#fire();
  }

  /** Nothing is left to be woken for. */
  rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#due = null;
    this.#alarmAtMs = 0;
    void this.#storage.deleteAlarm();
  }

  #fire(): void {
    const due = this.#due;
    this.#due = null;
    due?.wake();
  }
}
