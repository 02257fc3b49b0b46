import { expect, test } from 'vitest';
import { resultJson, toJson } from '../../src/api/json.ts';
import { createTestEngine } from '../../src/testing/test-engine.ts';

const modules = [
  { name: 'ok', version: '1', run: () => ({ bytes: Uint8Array.of(1, 2), numbers: Float64Array.of(0.5) }) },
  {
    name: 'fails',
    version: '1',
    run: (): never => {
      throw Object.assign(new Error('no "good"'), { code: 'NOT_GOOD', details: { bytes: Uint8Array.of(3) } });
    },
  },
];

test('the JSON of a result is that of any value', async () => {
  const { engine } = createTestEngine({ modules });
  for (const module of ['ok', 'fails']) {
    const nodes = { 'a "b"': { module }, c: { module: 'ok' }, 'd\\n😀': { module: 'ok' } };
    const result = await engine.execute({ heddle: 1, name: module, nodes } as never);
    expect(result.timeline.length).toBeGreaterThan(3);
    expect(JSON.parse(resultJson(result))).toEqual(JSON.parse(toJson(result)));
  }
});
