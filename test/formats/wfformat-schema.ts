/**
 * The shape of a WfFormat 1.5 document, written from its public specification (github.com/wfcommons/WfFormat): which keys
 * have to be there, of which types, and which characters references may have. Keys beyond them are allowed there too.
 */
const text = { type: 'string', minLength: 1 };
const number = { type: 'number' };
const whole = (minimum: number) => ({ type: 'integer', minimum });
const listOf = (items: object) => ({ type: 'array', items });
const someOf = (items: object) => ({ type: 'array', minItems: 1, items });
const object = (required: readonly string[], properties: object) => ({ type: 'object', required, properties });
const reference = { type: 'string', pattern: '^[0-9a-zA-Z_.-]*$' };

const specification = object(['tasks'], {
  tasks: someOf(
    object(['name', 'id', 'parents', 'children'], {
      name: text,
      id: text,
      parents: listOf(reference),
      children: listOf(reference),
      inputFiles: listOf({ ...reference, minLength: 1 }),
      outputFiles: listOf({ ...reference, minLength: 1 }),
    }),
  ),
  files: listOf(object(['id', 'sizeInBytes'], { id: text, sizeInBytes: whole(0) })),
});

const execution = object(['makespanInSeconds', 'executedAt', 'tasks'], {
  makespanInSeconds: number,
  executedAt: text,
  tasks: someOf(
    object(['id', 'runtimeInSeconds'], {
      id: text,
      runtimeInSeconds: number,
      command: object([], { program: text, arguments: listOf(text) }),
      coreCount: { type: 'number', minimum: 1 },
      avgCPU: number,
      readBytes: number,
      writtenBytes: number,
      memoryInBytes: number,
      energyInKWh: number,
      avgPowerInW: number,
      priority: number,
      machine: text,
    }),
  ),
  machines: someOf(
    object(['nodeName'], {
      nodeName: { ...text, format: 'hostname' },
      system: { enum: ['linux', 'macos', 'windows'] },
      architecture: text,
      release: text,
      memoryInBytes: whole(1),
      cpu: object([], { coreCount: whole(1), speedInMHz: whole(1), vendor: text }),
    }),
  ),
});

export const wfFormatSchema = object(['name', 'schemaVersion', 'workflow'], {
  name: text,
  description: text,
  createdAt: { ...text, format: 'date-time' },
  schemaVersion: { enum: ['1.5'] },
  runtimeSystem: object(['name', 'version'], { name: text, version: text, url: { ...text, format: 'uri' } }),
  author: object(['name', 'email'], {
    name: text,
    email: { ...text, format: 'email' },
    institution: text,
    country: text,
  }),
  workflow: object(['specification'], { specification, execution }),
});
