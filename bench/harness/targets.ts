/** What the bench is asked to show: a figure of one contender over that of another, or over a number, and the most it may be. */
export interface Target {
  readonly what: string;
  readonly question: string;
  /** The beginning of the section's title. */
  readonly section: string;
  readonly row: string;
  readonly of: string;
  /** Another contender of the same row, or a figure in the unit of the section. */
  readonly over: string | number;
  readonly atMost: number;
  /** Shown in the README too. */
  readonly headline?: true;
}

const kernel = (row: string, over: string, atMost: number, headline?: true): Target => ({
  what: `order, levels and critical path of integer edges, ${row} nodes: WASM over ${over}`,
  ...{ question: 'kernel', section: 'Kernel', row, of: 'WASM', over, atMost },
  ...(headline && { headline }),
});

const engine = (row: string, over: string | number, atMost: number, headline?: true): Target => ({
  what: `no-op tasks in memory, ${row}: Heddle ${typeof over === 'number' ? 'in µs a task' : `over ${over}`}`,
  ...{ question: 'engine', section: 'Engine', row, of: 'Heddle', over, atMost },
  ...(headline && { headline }),
});

const durable = (row: string, over: string, atMost: number, headline?: true): Target => ({
  what: `every result durable in SQLite, ${row}: Heddle over ${over}`,
  ...{ question: 'durable', section: 'Engine', row, of: 'Heddle', over, atMost },
  ...(headline && { headline }),
});

const edge = (section: string, row: string, over: string, atMost: number, headline?: true): Target => ({
  what: `${section}, ${row}: Heddle over ${over}`,
  ...{ question: 'edge', section, row, of: 'Heddle', over, atMost },
  ...(headline && { headline }),
});

const schedule = (workers: number, atMost: number, headline?: true): Target => ({
  what: `makespan over the lower bound, 13 recorded workflows on ${workers} workers`,
  ...{ question: 'schedules', section: 'Makespan', row: `${workers} workers`, of: 'search', over: 1, atMost },
  ...(headline && { headline }),
});

export const targets: readonly Target[] = [
  kernel('layered 100', 'typed-array JS', 0.5),
  kernel('layered 1000', 'typed-array JS', 0.45, true),
  kernel('shuffled 1000', 'typed-array JS', 0.45),
  kernel('layered 10000', 'typed-array JS', 0.45),
  kernel('shuffled 10000', 'typed-array JS', 0.45),
  kernel('layered 100000', 'typed-array JS', 0.55),
  kernel('shuffled 100000', 'typed-array JS', 0.55),
  kernel('layered 1000000', 'typed-array JS', 0.7),
  kernel('shuffled 1000000', 'typed-array JS', 0.7),
  kernel('layered 10000', 'C -O3', 1.4, true),
  kernel('chain 100', 'typed-array JS', 1),
  kernel('fan 100', 'typed-array JS', 0.6),
  kernel('dense 100', 'typed-array JS', 0.45),
  ...['shuffled 1000', 'shuffled 10000'].flatMap((row): Target[] =>
    [
      ['JS bitset', 1.15],
      ['JS binary heap', 0.5],
    ].map(([over, atMost]) => ({
      what: `ready queue, one call per completion, ${row} nodes: WASM over ${over}`,
      ...{
        question: 'ready-queue',
        section: 'Resident ready queue',
        row,
        of: 'WASM',
        over: over as string,
        atMost: atMost as number,
      },
    })),
  ),
  {
    what: 'first 10 calls at 1,000 nodes in a fresh process, compile included: WASM over typed-array JS',
    ...{ question: 'cold', section: 'Cold', row: 'first 10 calls, 1000 nodes', of: 'WASM', over: 'typed-array JS' },
    ...{ atMost: 0.2, headline: true },
  },
  ...[10, 100, 1000, 10_000].map(
    (nodes): Target => ({
      what: `from string ids to plan, ${nodes} nodes: WASM over typed-array JS`,
      ...{ question: 'strings', section: 'From string ids', row: `shuffled ${nodes}`, of: 'WASM' },
      ...{ over: 'typed-array JS', atMost: 0.95 },
    }),
  ),
  {
    what: 'from string ids to plan, 10,000 nodes: WASM over graphology-dag',
    ...{ question: 'strings', section: 'From string ids', row: 'shuffled 10000', of: 'WASM', over: 'graphology-dag' },
    ...{ atMost: 1 / 40, headline: true },
  },
  ...[100, 1000].map(
    (nodes): Target => ({
      what: `first call at ${nodes} nodes in a fresh process, compile included: WASM over typed-array JS (where the lead begins)`,
      ...{ question: 'cold', section: 'Cold', row: `first call, ${nodes} nodes`, of: 'WASM', over: 'typed-array JS' },
      ...{ atMost: 1, headline: true },
    }),
  ),
  {
    what: 'first call at 10,000 nodes in a fresh process, compile included, in ms',
    ...{ question: 'cold', section: 'Cold', row: 'first call, 10000 nodes', of: 'WASM', over: 1, atMost: 1 },
  },
  ...(
    [
      ['layered', 15],
      ['shuffled', 35],
    ] as const
  ).map(
    ([shape, atMost]): Target => ({
      what: `${shape}, 1,000,000 nodes and 3,000,000 edges: WASM in ns per node plus edge`,
      ...{ question: 'kernel', section: 'Kernel', row: `${shape} 1000000`, of: 'WASM', over: 1, atMost },
    }),
  ),
  ...[10, 100, 1000, 10_000].flatMap((nodes) =>
    ['toposort', 'dependency-graph', 'd3-dag', '@dagrejs/graphlib'].map(
      (over): Target => ({
        what: `from string ids to plan, ${nodes} nodes: WASM over ${over}`,
        ...{ question: 'strings', section: 'From string ids', row: `shuffled ${nodes}`, of: 'WASM', over, atMost: 0.4 },
      }),
    ),
  ),
  engine('100 in 10 layers', 1, 5, true),
  engine('1000 chain', 1, 5),
  engine('1000 fan', 1, 5),
  engine('100000 in 100 layers', 1, 5),
  engine('100 in 10 layers', 'AxFlow', 1, true),
  engine('100 in 10 layers', 'Mastra', 1, true),
  engine('100 in 10 layers', 'LangGraph.js', 1, true),
  engine('100 in 10 layers', 'Effect Workflow', 1, true),
  engine('100 in 10 layers', 'p-graph', 1, true),
  engine('100 in 10 layers', 'Effect', 1, true),
  durable('100 in 10 layers', 'bare row per task', 2, true),
  durable('1000 in 100 layers', 'bare row per task', 2),
  durable('1000 in 10 layers', 'bare row per task', 2),
  durable('100 in 10 layers', 'LangGraph.js + SQLite', 1 / 30, true),
  edge('Edge: every result durable', '100 in 10 layers', 'bare object, a row per task', 2, true),
  edge('Edge: every result durable', '1000 in 100 layers', 'bare object, a row per task', 2),
  edge('Edge: every result durable', '1000 in 10 layers', 'bare object, a row per task', 2),
  edge('Edge: every result durable', '100 in 10 layers', 'Cloudflare Workflows', 1 / 50, true),
  edge('Edge: every result durable', '1000 in 100 layers', 'Cloudflare Workflows', 1 / 50),
  edge('Edge: every module', '100 in 10 layers', 'bare waves', 1.5),
  edge('Edge: every module', '1000 in 100 layers', 'bare waves', 1.5),
  edge('Edge: every module', '1000 in 10 layers', 'bare waves', 1.5),
  {
    what: 'every result durable in IndexedDB, 1,000 tasks: Heddle over a bare loop of as many packed commits',
    ...{ question: 'page', section: 'Page: every result', row: '1000 in 100 layers', of: 'Heddle' },
    ...{ over: 'bare loop of packed commits, relaxed', atMost: 1.5, headline: true },
  },
  {
    what: 'every result durable in IndexedDB, 1,000 tasks in 10 wide layers: Heddle over a bare loop of as many packed commits',
    ...{ question: 'page', section: 'Page: every result', row: '1000 in 10 layers', of: 'Heddle' },
    ...{ over: 'bare loop of packed commits, relaxed', atMost: 1.5, headline: true },
  },
  {
    what: '1,000 no-op tasks on 4 Web Workers: Heddle over bare postMessage',
    ...{ question: 'page', section: 'Page: no-op', row: '1000 in 100 layers', of: 'Heddle', over: 'bare postMessage' },
    ...{ atMost: 1.3, headline: true },
  },
  {
    what: '100 tasks of 5 ms on 10 slots: makespan over the ideal',
    ...{ question: 'slots', section: 'Makespan', row: 'all of 5 ms', of: 'Heddle', over: 1, atMost: 1.03 },
  },
  {
    what: '100 tasks of 1 to 20 ms on 10 slots: makespan over the ideal',
    ...{ question: 'slots', section: 'Makespan', row: '1 to 20 ms', of: 'Heddle', over: 1, atMost: 1.015 },
  },
  ...['100 tasks of 5 ms', '60 tasks of 5 to 20 ms'].map(
    (row): Target => ({
      what: `${row} on 2 Web Workers: share of their time that is idle while work is ready`,
      ...{ question: 'utilisation', section: 'Idle share', row, of: 'Heddle', over: 1, atMost: 0.05 },
    }),
  ),
  schedule(4, 1.056),
  schedule(8, 1.064, true),
  schedule(16, 1.046),
  schedule(32, 1.0658),
];
