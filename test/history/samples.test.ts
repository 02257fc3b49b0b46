import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Samples, samplesMax } from '../../src/history/samples.ts';

test('a sample is bounded, holds everything while that fits, and spreads evenly over a longer stream', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2000 }), (count) => {
      const samples = new Samples();
      for (let value = 0; value < count; value++) samples.add(value);
      const kept = samples.kept;
      expect(kept.length).toBe(count <= samplesMax ? count : kept.length);
      expect(kept.length).toBeLessThanOrEqual(samplesMax);
      if (count > samplesMax) expect(kept.length).toBeGreaterThan(samplesMax / 2 - 1);
      const stride = (kept[1] ?? 1) - (kept[0] ?? 0);
      expect(kept).toEqual(kept.map((_, index) => index * stride));
      expect((kept.at(-1) ?? 0) + stride).toBeGreaterThanOrEqual(count);
    }),
  );
});
