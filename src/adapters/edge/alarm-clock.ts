import type { Clock } from '../../ports/clock.ts';

/** What is needed of a Durable Object's storage; `ctx.storage` fits. */
export interface AlarmStorage {
  setAlarm(scheduledTime: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/** While an execution is unfinished its object is woken at least so often: should it die, the next alarm brings it back. */
const heartbeatMs = 10_000;

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * The clock of a Durable Object, which has one alarm for all that waits in it. A wake-up is a timer while the object lives
 * and the alarm in case it does not; the alarm is at least once and may be late, both of which the machine bears.
 */
export class AlarmClock implements Clock {
  readonly #storage: AlarmStorage;
  readonly #due = new Map<string, Due>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #alarmAtMs = 0;

  constructor(storage: AlarmStorage) {
    this.#storage = storage;
  }

  now(): number {
    return Date.now();
  }

  wakeAt(id: string, atMs: number | null, wake: () => void): void {
    if (atMs === null) this.#due.delete(id);
    else this.#due.set(id, { atMs, wake });
    this.#arm();
    if (atMs !== null) this.keepAlive();
  }

  /** Arms the alarm for the next deadline, or the heartbeat if that is sooner. Called when work begins and by every alarm. */
  keepAlive(): void {
    const atMs = Math.min(this.#soonestMs(), Date.now() + heartbeatMs);
    // An alarm that is set and sooner will come and arm the next one.
    if (this.#alarmAtMs > Date.now() && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    void this.#storage.setAlarm(Math.max(atMs, Date.now()));
  }

  /** The object's alarm has come. */
  alarmed(): void {
    this.#alarmAtMs = 0;
    this.#fire(Date.now());
  }

  /** Nothing is left to be woken for, or nothing before that time. */
  rest(untilMs?: number): void {
    this.#due.clear();
    this.#arm();
    this.#alarmAtMs = untilMs ?? 0;
    void (untilMs === undefined ? this.#storage.deleteAlarm() : this.#storage.setAlarm(untilMs));
  }

  #soonestMs(): number {
    return Math.min(...[...this.#due.values()].map(({ atMs }) => atMs));
  }

  /** One timer for the soonest; what is further away than the heartbeat is left to the alarm, which arms it in time. */
  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    const atMs = this.#soonestMs();
    const delayMs = Math.max(0, atMs - Date.now());
    this.#timer = delayMs <= heartbeatMs ? setTimeout(() => this.#fire(atMs), delayMs) : null;
  }

  #fire(atMs: number): void {
    const untilMs = Math.max(atMs, Date.now());
    const due = [...this.#due].filter(([, each]) => each.atMs <= untilMs);
    for (const [id] of due) this.#due.delete(id);
    this.#arm();
    for (const [, { wake }] of due) wake();
  }
}
