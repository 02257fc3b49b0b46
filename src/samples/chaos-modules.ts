import { HeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import { defineModule } from '../ports/module.ts';

/** A service that takes its time; `aborted` ends it at once. */
function takes(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function refusal(code: string, message: string): HeddleError {
  return new HeddleError({ code, message, retryable: true });
}

interface Booking {
  readonly what: string;
  readonly ms?: number;
}
const what = { type: 'string' } as const;
const ms = { type: 'number', minimum: 0, maximum: 60_000 } as const;

const steady = defineModule<Booking, { readonly booked: string }>({
  name: 'chaos.steady',
  version: '1',
  description: 'always works',
  input: { type: 'object', required: ['what'], properties: { what, ms } },
  async run({ what: name, ms: durationMs = 100 }, { signal }) {
    await takes(durationMs, signal);
    return { booked: name };
  },
});

const flaky = defineModule<Booking & { readonly failures: number }, { readonly booked: string }>({
  name: 'chaos.flaky',
  version: '1',
  description: 'fails a given number of times, then works',
  input: { type: 'object', required: ['what', 'failures'], properties: { what, ms, failures: { type: 'integer' } } },
  async run({ what: name, failures, ms: durationMs = 100 }, { signal, attempt, log }) {
    await takes(durationMs, signal);
    if (attempt <= failures) throw refusal('BUSY', `the ${name} is busy (${attempt} of ${failures})`);
    log(`${name} worked at attempt ${attempt}`);
    return { booked: `${name}-${attempt}` };
  },
});

const down = defineModule<Booking, never>({
  name: 'chaos.down',
  version: '1',
  description: 'never works',
  input: { type: 'object', required: ['what'], properties: { what, ms } },
  async run({ what: name, ms: durationMs = 50 }, { signal }) {
    await takes(durationMs, signal);
    throw refusal('UNREACHABLE', `the ${name} cannot be reached`);
  },
});

const moody = defineModule<{ readonly what: string; readonly index: number }, { readonly offer: string }>({
  name: 'chaos.moody',
  version: '1',
  description: 'every third call fails',
  input: { type: 'object', required: ['what', 'index'], properties: { what, index: { type: 'integer' } } },
  async run({ what: name, index }, { signal }) {
    await takes(120 + 60 * index, signal);
    if (index % 3 === 2) throw new HeddleError({ code: 'SOLD_OUT', message: `${name} is sold out`, retryable: false });
    return { offer: name };
  },
});

const stuck = defineModule<Booking, never>({
  name: 'chaos.stuck',
  version: '1',
  description: 'never answers',
  input: { type: 'object', required: ['what'], properties: { what } },
  async run(_, { signal }) {
    await takes(60_000, signal);
    throw refusal('UNREACHABLE', 'it took a minute');
  },
});

const pay = defineModule<{ readonly parts: readonly string[]; readonly mood: string }, { readonly paid: string }>({
  name: 'chaos.pay',
  version: '1',
  description: 'pays for all parts, unless the mood is hopeless',
  input: { type: 'object', required: ['parts', 'mood'], properties: { parts: { type: 'array' }, mood: what } },
  async run({ parts, mood }, { signal }) {
    await takes(250, signal);
    if (mood === 'hopeless') throw refusal('DECLINED', 'the card was declined');
    return { paid: parts.join(' and ') };
  },
});

const undo = defineModule<{ readonly what: string }, { readonly undone: string }>({
  name: 'chaos.undo',
  version: '1',
  description: 'takes a booking back',
  input: { type: 'object', required: ['what'], properties: { what } },
  async run({ what: name }, { signal }) {
    await takes(200, signal);
    return { undone: name };
  },
});

/** Services that fail in every way a service can, reproducibly. */
export const chaosModules: readonly AnyModule[] = [steady, flaky, down, moody, stuck, pay, undo];
