import { HeddleError } from '../../errors.ts';
import type { RecordStore } from '../../ports/record-store.ts';
import { programDigest } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { JsonRecords, programKey } from '../values/json-records.ts';

/** One version of a program, by the digest of its canonical form. */
export interface ProgramVersion {
  readonly name: string;
  readonly version: string;
  readonly createdAtMs: number;
}

/** Scopes of the records, for those who spread them over several stores: of one program each, and the list of all. */
export const programScopes = ['program', 'program-latest'] as const;
const programNamesScope = 'program-names';

interface Stored extends ProgramVersion {
  /** JSON text: the order of nodes is part of the program. */
  readonly text: string;
}

/** Programs by name and version. The version stored last is the one that is meant by the name alone. */
export class ProgramStore {
  readonly #versions: JsonRecords<Stored>;
  readonly #latest: JsonRecords<ProgramVersion>;
  readonly #names: JsonRecords<ProgramVersion>;

  constructor(records: RecordStore) {
    this.#versions = new JsonRecords(records, programScopes[0]);
    this.#latest = new JsonRecords(records, programScopes[1]);
    this.#names = new JsonRecords(records, programNamesScope);
  }

  /** @param program checked. @returns whether that version is new */
  async put(program: Program, nowMs: number): Promise<ProgramVersion & { readonly isNew: boolean }> {
    const version = programDigest(program);
    const { name } = program;
    const stored = { name, version, createdAtMs: nowMs };
    const isNew = await this.#versions.add(keyOf(name, version), { ...stored, text: JSON.stringify(program) });
    await this.#latest.change(programKey(name), () => stored);
    await this.#names.change(programKey(name), () => stored);
    return { ...stored, isNew };
  }

  /** @returns undefined when there is no such program, or not in that version */
  async get(name: string, version?: string): Promise<(ProgramVersion & { readonly program: Program }) | undefined> {
    const wanted = version ?? (await this.#latest.get(programKey(name)))?.version;
    const stored = wanted === undefined ? undefined : await this.#versions.get(keyOf(name, wanted));
    if (stored === undefined) return undefined;
    const { text, ...rest } = stored;
    return { ...rest, program: JSON.parse(text) as Program };
  }

  /** Of one program, the newest first. */
  async versions(name: string): Promise<readonly ProgramVersion[]> {
    const stored = await this.#versions.list(`${programKey(name)}/`);
    return stored.map(({ data: { text: _, ...version } }) => version).sort((a, b) => b.createdAtMs - a.createdAtMs);
  }

  /** Every program in the version stored last, by name; those after the name `after`. */
  async list(limit: number, after?: string): Promise<readonly ProgramVersion[]> {
    const stored = await this.#names.list('');
    const all = stored.map(({ data }) => data);
    return all.filter(({ name }) => after === undefined || programKey(name) > programKey(after)).slice(0, limit);
  }

  /** Erases every version; what was learnt of its executions stays. @throws NOT_FOUND */
  async delete(name: string): Promise<void> {
    const versions = await this.#versions.list(`${programKey(name)}/`);
    if (versions.length === 0)
      throw new HeddleError({ code: 'NOT_FOUND', message: `no program ${name} is stored`, retryable: false });
    await this.#names.delete(programKey(name));
    await this.#latest.delete(programKey(name));
    for (const { key } of versions) await this.#versions.delete(key);
  }
}

function keyOf(name: string, version: string): string {
  return `${programKey(name)}/${version}`;
}
