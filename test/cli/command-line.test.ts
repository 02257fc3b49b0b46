import { describe, expect, test } from 'vitest';
import { diamond, fileOf, heddle, heddleReading, spawnHeddle } from './heddle.ts';

describe('help', () => {
  test('lists the verbs and succeeds', () => {
    const { status, stdout, stderr } = heddle('--help');
    expect([status, stderr]).toEqual([0, '']);
    for (const verb of ['validate', 'plan', 'simulate', 'run', 'convert']) expect(stdout).toContain(`  ${verb} `);
  });

  test.each(['validate', 'plan', 'simulate', 'run', 'convert'])('of %s tells its options', (verb) => {
    const { status, stdout } = heddle(verb, '--help');
    expect([status, stdout]).toEqual([0, expect.stringMatching(new RegExp(`^usage: heddle ${verb} .*FILE`))]);
    expect(stdout).toContain('--json');
  });
});

describe('a bad command line exits with 2 and tells the help on standard error', () => {
  test.each([
    [[]],
    [['frobnicate']],
    [['plan']],
    [['plan', 'a.json', 'b.json']],
    [['plan', 'a.json', '--frobnicate']],
    [['plan', 'a.json', '--kernel']],
    [['plan', 'a.json', '--kernel', 'fpga']],
    [['validate']],
    [['simulate', 'a.json']],
    [['simulate', 'a.json', '--workers', '0']],
    [['simulate', 'a.json', '--workers', '1.5']],
    [['simulate', 'a.json', '--workers', '2', '--strategy', 'luck']],
    [['simulate', 'a.json', '--workers', '2', '--stop-after', '-1']],
    [['run', 'a.json', '--workers', 'many']],
    [['run', 'a.json', '--inputs', '{']],
  ])('%j', (args) => {
    const { status, stdout, stderr } = heddle(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('usage: heddle');
  });
});

test('a program comes from standard input where the file is -', () => {
  const { status, stdout } = heddleReading(JSON.stringify(diamond), 'plan', '-', '--json');
  expect([status, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ nodes: 4, edges: 4 })]);
});

test('a reader that goes away ends the command without a word', async () => {
  const wide = {
    heddle: 1,
    name: 'wide',
    nodes: Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`node-${index}-${'x'.repeat(50)}`, { module: 'sim.task' }]),
    ),
  };
  const child = spawnHeddle('plan', fileOf(wide), '--json');
  let stderr = '';
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
  expect([0, 141]).toContain(status);
});
