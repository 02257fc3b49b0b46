import type { Clock } from '../../ports/clock.ts';

/** What is needed of a Durable Object's storage; `ctx.storage` fits. */
export interface AlarmStorage {
  setAlarm(scheduledTime: number): Promise<void>;
  deleteAlarm(): Promise<void>;
}

/**
 * An object in which something is under way is woken so often: should it die, the next alarm brings it back. Shorter than
 * the 10 s after which an idle object may be put away, so that it is not put away between two alarms.
 */
export const heartbeatMs = 5_000;

interface Due {
  readonly atMs: number;
  readonly wake: () => void;
}

/**
 * The clock of a Durable Object, which has one alarm for all that waits in it. A wake-up is a timer while the object lives
 * and the alarm in case it does not; the alarm is at least once and may be late, both of which the machine bears.
 *
 * Deadlines nearer than a heartbeat are the timer's alone: the alarm of the last commit is as near.
 */
export class AlarmClock implements Clock {
  readonly #storage: AlarmStorage;
  readonly #due = new Map<string, Due>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** When the alarm comes, as far as this life of the object knows; 0: it has to be set. */
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
  }

  /** The next deadline; Infinity when there is none. */
  get soonestMs(): number {
    return Math.min(...[...this.#due.values()].map(({ atMs }) => atMs));
  }

  /** Arms the alarm for a heartbeat from now. To be called in the turn of every commit, with which it is durable. */
  keepAlive(): void {
    this.alarmBy(Date.now() + heartbeatMs);
  }

  /** Arms the alarm for that time, unless it comes sooner; one that comes arms the next. */
  alarmBy(atMs: number): void {
    if (this.#alarmAtMs > Date.now() && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = Math.max(atMs, Date.now());
    void this.#storage.setAlarm(this.#alarmAtMs);
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

  /** One timer for the soonest; what is further away than a heartbeat is left to the alarm. */
  #arm(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const atMs = this.soonestMs;
    if (atMs === Number.POSITIVE_INFINITY) return;
    const delayMs = Math.max(0, atMs - Date.now());
    if (delayMs > heartbeatMs) this.alarmBy(atMs);
    else this.#timer = setTimeout(() => this.#fire(atMs), delayMs);
  }

  #fire(atMs: number): void {
    const untilMs = Math.max(atMs, Date.now());
    const due = [...this.#due].filter(([, each]) => each.atMs <= untilMs);
    for (const [id] of due) this.#due.delete(id);
    this.#arm();
    for (const [, { wake }] of due) wake();
  }
}
