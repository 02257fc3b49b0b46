/**
 * heddle/testing: the real engine on a clock that stands still, with faults on demand. Needs no test runner.
 *
 * ```ts
 * const { engine, clock } = createTestEngine({ modules: [retrieve, answer] });
 * const execution = await engine.start(program, { question: 'Who is Queequeg?' });
 * await clock.advance(60_000);
 * console.log((await execution.result()).result);
 * ```
 */
export type { JournalEntry } from './engine/event.ts';
export {
  type Crash,
  type CrashOptions,
  type CrashReport,
  crashAtEveryWrite,
} from './testing/crash-at-every-write.ts';
export { drive } from './testing/drive.ts';
export { FakeClock } from './testing/fake-clock.ts';
export type { Fault, FaultKind } from './testing/fault.ts';
export { FaultPlan, type FaultPlanOptions } from './testing/fault-plan.ts';
export { LawBroken } from './testing/law-broken.ts';
export { quiet } from './testing/quiet.ts';
export { type Replay, replay } from './testing/replay.ts';
export { SeededRandom } from './testing/seeded-random.ts';
export { type Simulation, type SimulationOptions, simulate, type WorldFaults } from './testing/simulate.ts';
export { createTestEngine, type TestEngine, type TestEngineOptions } from './testing/test-engine.ts';
export { memoryStores, type TestStores } from './testing/test-stores.ts';
