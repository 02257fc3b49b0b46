import { ask } from './adapters/edge/answer.ts';
import type { TenantObjects } from './adapters/edge/tenant-objects.ts';
import { MemoryArtifactStore } from './adapters/memory/artifact-store.ts';
import { CryptoRandom } from './adapters/memory/crypto-random.ts';
import { InlineRunner } from './adapters/memory/inline-runner.ts';
import { MemoryJournalStore } from './adapters/memory/journal-store.ts';
import { LocalLeaseKeeper } from './adapters/memory/lease-keeper.ts';
import { TimerClock } from './adapters/memory/timer-clock.ts';
import type { ServiceBackend, TenantBackend } from './api/backend.ts';
import { DefaultExecutionEngine } from './host/default-execution-engine.ts';
import { ProgramStore } from './host/program-store.ts';
import type { ModuleRegistry } from './host/registry.ts';
import { readProgram } from './host/submission.ts';
import type { RecordStore } from './ports/record-store.ts';
import type { Program } from './program/program.ts';

/** Everything of a tenant but its executions, out of the objects it lies in. */
export function tenantBackend(
  objects: TenantObjects,
  { kernel, builtIn: named }: ServiceBackend,
  modules: ModuleRegistry,
): TenantBackend {
  const records = recordsOf(objects);
  const programs = new ProgramStore(records);
  const artifacts = new MemoryArtifactStore();
  return {
    records,
    programs,
    // Runs nothing: it reads what executions have left behind.
    get learning() {
      return new DefaultExecutionEngine({
        kernel,
        modules,
        records,
        programs: async (name) => (await storedProgram(objects, name)) ?? named(name),
        journal: new MemoryJournalStore(artifacts),
        artifacts,
        clock: new TimerClock(),
        random: new CryptoRandom(),
        leases: new LocalLeaseKeeper(),
        runner: new InlineRunner({ modules }),
      });
    },
    list: (filter) => ask('the catalogue could not be asked', () => objects.catalogue.listExecutions(filter)),
  };
}

/** The version of a program that was stored last. */
export async function storedProgram(objects: TenantObjects, name: string): Promise<Program | undefined> {
  return (await new ProgramStore(recordsOf(objects)).get(name))?.program;
}

/** A program that comes with the Worker. @param programs the text of their files */
export function builtIn(
  programs: { readonly [name: string]: string },
  modules: ModuleRegistry,
  name: string,
): Program | undefined {
  const text = Object.hasOwn(programs, name) ? programs[name] : undefined;
  return text === undefined ? undefined : readProgram(text, modules, null);
}

/** What belongs to no program lies in the catalogue. */
function recordsOf(objects: TenantObjects): RecordStore {
  return objects.records(objects.catalogueRecords, () => undefined);
}
