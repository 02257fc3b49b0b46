import type { JournalEntry } from '../../engine/event.ts';
import { HeddleError } from '../../errors.ts';
import type { ExecutionHeader } from '../../ports/journal-store.ts';
import { decode, encode } from '../../program/canonical.ts';
import { programDigest, sha256Hex } from '../../program/digest.ts';
import type { Program } from '../../program/program.ts';
import { isRecord } from '../../program/shape.ts';
import { asValue } from '../values/estimate-bytes.ts';

/** One execution with everything that was told of it. */
export interface BundledExecution {
  readonly header: ExecutionHeader;
  readonly entries: readonly JournalEntry[];
  /** By digest. */
  readonly artifacts: ReadonlyMap<string, Uint8Array>;
  /** It ran, and was paused only to be exported: it goes on by itself where it is imported. */
  readonly wasRunning: boolean;
}

const format = 'heddle-execution';
const version = 1;

/**
 * Executions as deterministic CBOR, the root first and its sub-programs after it: `{ format, version, digest, payload }`, the
 * digest being that of the payload. The program is JSON text in it, because the order of nodes is part of the program.
 */
export function packBundle(executions: readonly BundledExecution[]): Uint8Array {
  const payload = encode(
    asValue(
      executions.map(({ header: { program, ...header }, entries, artifacts, wasRunning }) => ({
        header: { ...header, program: JSON.stringify(program) },
        entries,
        artifacts: [...artifacts.keys()].sort().map((digest) => artifacts.get(digest)),
        wasRunning,
      })),
    ),
  );
  return encode(asValue({ format, version, digest: sha256Hex(payload), payload }));
}

/**
 * Reads a bundle, and believes nothing of it: digests, programs, and the numbers of events are checked. Whether the journal
 * makes sense only its replay can tell.
 * @throws CORRUPT
 */
export function unpackBundle(bytes: Uint8Array): readonly [BundledExecution, ...BundledExecution[]] {
  const bundle = decode(bytes) as unknown;
  if (!isRecord(bundle) || bundle.format !== format) throw corrupt('it is no exported execution');
  if (bundle.version !== version) throw corrupt(`it is of version ${String(bundle.version)}, not ${version}`);
  const { payload, digest } = bundle;
  if (!(payload instanceof Uint8Array) || sha256Hex(payload) !== digest) throw corrupt('its digest does not fit');
  const read = decode(payload) as unknown;
  if (!Array.isArray(read)) throw corrupt('it holds no executions');
  const [root, ...children] = read.map(readExecution);
  if (root === undefined) throw corrupt('it holds no execution');
  const ids = new Set([root, ...children].map(({ header }) => header.executionId));
  if (ids.size <= children.length) throw corrupt('it holds an execution twice');
  const stranger = children.find(({ header }) => !header.executionId.startsWith(`${root.header.executionId}.`));
  if (stranger !== undefined) throw corrupt(`${stranger.header.executionId} is no part of ${root.header.executionId}`);
  return [root, ...children];
}

function readExecution(given: unknown): BundledExecution {
  if (!isRecord(given) || !isRecord(given.header)) throw corrupt('it holds something that is no execution');
  const { header, entries, artifacts, wasRunning } = given;
  if (!Array.isArray(entries) || !Array.isArray(artifacts)) throw corrupt('an execution in it has no journal');
  entries.forEach((entry: unknown, index) => {
    if (!isRecord(entry) || entry.seq !== index + 1 || typeof entry.atMs !== 'number' || typeof entry.type !== 'string')
      throw corrupt(`event ${index + 1} is none`);
  });
  const read = readHeader(header);
  const [first] = entries as readonly JournalEntry[];
  if (
    first?.type !== 'ExecutionStarted' ||
    first.executionId !== read.executionId ||
    first.programDigest !== read.programDigest
  )
    throw corrupt(`the journal of ${read.executionId} is not its own`);
  return {
    header: read,
    entries: entries as readonly JournalEntry[],
    artifacts: new Map(artifacts.map((bytes: unknown) => readArtifact(bytes))),
    wasRunning: wasRunning === true,
  };
}

function readArtifact(bytes: unknown): readonly [string, Uint8Array] {
  if (bytes instanceof Uint8Array) return [sha256Hex(bytes), bytes];
  throw corrupt('an artifact in it is no bytes');
}

function readHeader(header: Readonly<Record<string, unknown>>): ExecutionHeader {
  const { executionId, programName, programDigest: digest, program: text, createdAtMs } = header;
  if (typeof executionId !== 'string' || !/^[\w.-]{1,256}$/.test(executionId)) throw corrupt('an id in it is none');
  if (typeof text !== 'string' || typeof createdAtMs !== 'number' || !Number.isFinite(createdAtMs))
    throw corrupt(`the header of ${executionId} is none`);
  const program = parsed(text, executionId);
  if (programDigest(program) !== digest || program.name !== programName)
    throw corrupt(`the program of ${executionId} is not the one it was begun with`);
  return { executionId, programName: program.name, programDigest: digest, program, createdAtMs };
}

function parsed(text: string, executionId: string): Program {
  try {
    return JSON.parse(text) as Program;
  } catch {
    throw corrupt(`the program of ${executionId} is no JSON`);
  }
}

export function corrupt(why: string): HeddleError {
  return new HeddleError({ code: 'CORRUPT', message: `the bundle cannot be imported: ${why}`, retryable: false });
}
