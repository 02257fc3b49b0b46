import { describe, expect, test } from 'vitest';
import { WaitingLine } from '../../../src/host/gates/waiting-line.ts';
import { quiet } from '../../support/fake-clock.ts';

describe('a line before a gate', () => {
  test('nobody passes the first, however important whoever is behind may find itself allowed', async () => {
    const line = new WaitingLine();
    const admitted: string[] = [];
    let firstMay = false;
    void line.wait(5, () => firstMay).then(() => admitted.push('first'));
    void line.wait(5, () => true).then(() => admitted.push('second'));
    await quiet();
    expect([admitted, line.length]).toEqual([[], 2]);
    firstMay = true;
    line.serve();
    await quiet();
    expect([admitted, line.length]).toEqual([['first', 'second'], 0]);
  });

  test('when the first gives up the next is asked', async () => {
    const line = new WaitingLine();
    const abort = new AbortController();
    const first = line.wait(5, () => false, abort.signal);
    const second = line.wait(5, () => true);
    abort.abort();
    await expect(first).rejects.toMatchObject({ code: 'ABORTED' });
    await second;
    expect(line.length).toBe(0);
  });

  test('a signal that fires after one was let in changes nothing, one that fired before lets nobody in', async () => {
    const line = new WaitingLine();
    const abort = new AbortController();
    let asked = 0;
    const take = (): boolean => ++asked > 0;
    await line.wait(5, take, abort.signal);
    abort.abort();
    await expect(line.wait(5, take, abort.signal)).rejects.toMatchObject({ code: 'ABORTED' });
    expect(asked).toBe(1);
  });
});
