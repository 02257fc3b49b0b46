import { expect, test } from 'vitest';
import type { Segment, SegmentKind } from '../../web/model/segment.ts';
import { utilisationOf } from './utilisation.ts';

const segment = (kind: SegmentKind, startMs: number, endMs: number | null): Segment => ({
  ...{ taskId: 'a', nodeId: 'a', kind, startMs, endMs, state: 'completed' },
});

test('utilisation counts only the time in which there was work for every worker', () => {
  // Two run from 0 to 10; one from 10 to 20 while another stands in the queue from 10 to 15; then there is work for one alone.
  const segments = [segment('run', 0, 10), segment('run', 0, 20), segment('queue', 10, 15), segment('wait', 0, 99)];
  expect(utilisationOf(segments, 2, 20)).toEqual({ busyMs: 15, share: 12.5 / 15 });
  expect(utilisationOf([segment('run', 0, null)], 2, 30)).toEqual({ busyMs: 0, share: 1 });
  expect(utilisationOf([segment('run', 0, null)], 1, 30)).toEqual({ busyMs: 30, share: 1 });
});
