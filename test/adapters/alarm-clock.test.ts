import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { AlarmClock } from '../../src/adapters/edge/alarm-clock.ts';

const startMs = 1_000_000;
beforeEach(() => vi.useFakeTimers({ now: startMs }));
afterEach(() => vi.useRealTimers());

function open() {
  const alarms: (number | null)[] = [];
  const clock = new AlarmClock({
    setAlarm: async (atMs) => void alarms.push(atMs - startMs),
    deleteAlarm: async () => void alarms.push(null),
  });
  const woken: string[] = [];
  const wakeAt = (id: string, afterMs: number | null): void =>
    clock.wakeAt(id, afterMs === null ? null : Date.now() + afterMs, () => woken.push(id));
  return { clock, alarms, woken, wakeAt };
}

describe('the clock of an object', () => {
  test('keeps the wake-ups of several apart, and each once', () => {
    const { woken, wakeAt } = open();
    wakeAt('a', 30);
    wakeAt('b', 20);
    wakeAt('c', 10);
    vi.advanceTimersByTime(10);
    expect(woken).toEqual(['c']);
    vi.advanceTimersByTime(100);
    expect(woken).toEqual(['c', 'b', 'a']);
  });

  test('a new wake-up replaces that of the same id, and null disarms it alone', () => {
    const { woken, wakeAt } = open();
    wakeAt('a', 10);
    wakeAt('a', 50);
    wakeAt('b', 10);
    wakeAt('b', null);
    vi.advanceTimersByTime(49);
    expect(woken).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(woken).toEqual(['a']);
  });

  test('a deadline far away is the alarm, a near one the timer: the alarm of its commit is as near', () => {
    const { clock, alarms, woken, wakeAt } = open();
    wakeAt('far', 25_000);
    expect(alarms).toEqual([25_000]);
    clock.keepAlive();
    wakeAt('near', 500);
    expect(alarms).toEqual([25_000, 5_000]);
    vi.advanceTimersByTime(5_000);
    expect(woken).toEqual(['near']);
    clock.alarmed();
    clock.alarmBy(clock.soonestMs);
    expect(alarms.at(-1)).toBe(25_000);
    vi.advanceTimersByTime(20_000);
    clock.alarmed();
    expect(woken).toEqual(['near', 'far']);
  });

  test('commits arm one alarm a heartbeat, not one each', () => {
    const { clock, alarms } = open();
    for (let commit = 0; commit < 100; commit++) {
      clock.keepAlive();
      vi.advanceTimersByTime(10);
    }
    expect(alarms).toEqual([5_000]);
  });

  test('an alarm that comes before the timer wakes what is due, once; at rest nothing is armed', () => {
    const { clock, alarms, woken, wakeAt } = open();
    wakeAt('a', 100);
    vi.setSystemTime(startMs + 100);
    clock.alarmed();
    expect(woken).toEqual(['a']);
    wakeAt('b', 100);
    clock.rest();
    vi.advanceTimersByTime(60_000);
    expect(woken).toEqual(['a']);
    expect(alarms.at(-1)).toBeNull();
  });
});
