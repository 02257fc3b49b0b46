import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ErrorData, HeddleError, isHeddleError } from '../../src/errors.ts';
import { redactor } from '../../src/observe/redact.ts';

const redact = redactor(['hunter2!', 'hunter2!-long', 'abc']);

describe('a redactor', () => {
  test('hides a secret wherever it stands', () => {
    expect(redact('hunter2! and hunter2!')).toBe('[redacted] and [redacted]');
    expect(redact({ a: [1, { b: 'x=hunter2!;' }], n: null, t: true })).toEqual({
      a: [1, { b: 'x=[redacted];' }],
      n: null,
      t: true,
    });
  });

  test('takes the longest: nothing of it is left behind', () => {
    expect(redact('hunter2!-long')).toBe('[redacted]');
  });

  test('secrets that overlap are hidden whole', () => {
    expect(redactor(['abcdef', 'defghi'])('<abcdefghi>')).toBe('<[redacted]>');
    expect(redactor(['aaaa'])('<aaaaaa>')).toBe('<[redacted]>');
  });

  test('ignores what is shorter than 4', () => {
    expect(redact('abc')).toBe('abc');
  });

  test('hides keys, and loses none', () => {
    expect(redact({ 'hunter2!': 1, 'hunter2!-long': 2, __proto__: 3 })).toEqual({ '[redacted]': 1, '[redacted]+': 2 });
    const own = JSON.parse('{"__proto__": "hunter2!"}');
    expect(JSON.stringify(redact(own))).toBe('{"__proto__":"[redacted]"}');
  });

  test('gives back the value itself when there is nothing to hide', () => {
    const value = { a: ['x', { b: 2 }], bytes: new Uint8Array(2) };
    expect(redact(value)).toBe(value);
    expect(redactor([])(value)).toBe(value);
  });

  test('leaves the value it was given as it was', () => {
    const value = { a: ['hunter2!'], same: { b: 1 } };
    const safe = redact(value);
    expect(value.a[0]).toBe('hunter2!');
    expect(safe.same).toBe(value.same);
  });

  test('errors stay errors', () => {
    const data: ErrorData = { code: 'BOOM', message: 'no hunter2!', details: { url: 'https://x/?k=hunter2!' } };
    expect(redact(data)).toEqual({
      code: 'BOOM',
      message: 'no [redacted]',
      details: { url: 'https://x/?k=[redacted]' },
    });
    const thrown = redact(new HeddleError(data, [data]));
    expect(isHeddleError(thrown)).toBe(true);
    expect(`${thrown.stack}${JSON.stringify(thrown)}${JSON.stringify(thrown.errors)}`).not.toContain('hunter2!');
    const harmless = new HeddleError({ code: 'BOOM', message: 'fine' });
    expect(redact(harmless)).toBe(harmless);
  });

  test('dates and bytes pass', () => {
    const value = { at: new Date(0), bytes: new Uint8Array([1]), s: 'hunter2!' };
    expect(redact(value)).toEqual({ ...value, s: '[redacted]' });
  });
});

describe('what was cut off', () => {
  const secret = 'sk-live-4f9a8b7c6d5e4f3a2b1c';

  test('a beginning or an end of it is hidden, from 8 characters on', () => {
    const safe = redactor([secret]);
    expect(safe(`bad key ${secret.slice(0, 10)}…`)).toBe('bad key [redacted]…');
    expect(safe(`bad key …${secret.slice(-9)}`)).toBe('bad key …[redacted]');
    expect(safe(`bad key ${secret.slice(0, 7)}…`)).toBe(`bad key ${secret.slice(0, 7)}…`);
    expect(safe(`${Buffer.from(secret).toString('base64').slice(0, 12)}…`)).toBe('[redacted]…');
  });

  test('that it is a URL says nothing about it', () => {
    const safe = redactor(['https://hooks.example/T0/abcdef']);
    expect(safe('see https://other.example/')).toBe('see https://other.example/');
    expect(safe('see https://hooks.example/T0…')).toBe('see [redacted]…');
  });
});

test('an error of another kind is made anew where it tells a secret, and a cycle is cut', () => {
  const told = redact(Object.assign(new TypeError('no hunter2!'), { url: 'hunter2!' }));
  expect([told.name, told.message, told.url]).toEqual(['TypeError', 'no [redacted]', '[redacted]']);
  expect(told.stack).not.toContain('hunter2!');
  const harmless = new TypeError('fine');
  expect(redact(harmless)).toBe(harmless);
  const cyclic: Record<string, unknown> = { secret: 'hunter2!' };
  cyclic.self = cyclic;
  expect(redact(cyclic)).toEqual({ secret: '[redacted]', self: '[redacted]' });
});

/** Anything but the marker's own letters, which redaction itself writes. */
const canary = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...'xyzXYZ0189 +/%"\\\n=&?-_!'), fc.constantFrom('é', '😀')),
    maxLength: 24,
  })
  .filter(({ length }) => length >= 4);

const encodings: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text),
  (text) => encodeURIComponent(text),
  (text) => new URLSearchParams({ k: text }).toString(),
  (text) => Buffer.from(text).toString('base64'),
  (text) => Buffer.from(text).toString('base64url'),
  (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
];

test('no canary survives, in any form, anywhere in any JSON value', () => {
  const planted = fc.record({
    secret: fc.nat(3),
    encoding: fc.nat(encodings.length - 1),
    before: fc.string(),
    after: fc.string(),
  });
  fc.assert(
    fc.property(
      fc.array(canary, { minLength: 1, maxLength: 4 }),
      fc.jsonValue(),
      fc.array(planted, { minLength: 1, maxLength: 5 }),
      (secrets, json, plants) => {
        const texts = plants.map(({ secret, encoding, before, after }) => {
          const text = encodings[encoding]?.(secrets[secret % secrets.length] ?? '') ?? '';
          return before + text + after;
        });
        const value = { json, texts, nested: texts.map((text) => [{ [text]: { text } }]), message: texts.join('') };
        const strings: string[] = [];
        JSON.stringify(redactor(secrets)(value), (key, inner) => {
          strings.push(key, typeof inner === 'string' ? inner : '');
          return inner;
        });
        for (const secret of secrets) {
          for (const encode of encodings) {
            const form = encode(secret).replace(/^"|"$|^k=/g, '');
            expect(strings.filter((text) => text.includes(form))).toEqual([]);
          }
        }
      },
    ),
  );
});

test('nor does one inside a longer text that was encoded', () => {
  const bytes = fc.uint8Array({ maxLength: 8 });
  fc.assert(
    fc.property(canary, bytes, bytes, (secret, before, after) => {
      const encoded = Buffer.concat([before, Buffer.from(secret), after]).toString('base64');
      const left = redactor([secret])(`Basic ${encoded}`);
      expect(left).toContain('[redacted]');
      // Of the secret's own bits at most those that share a character with a neighbour are left: fewer than 6 at either end.
      const [head = '', tail = ''] = left.slice('Basic '.length).split('[redacted]');
      const known = Buffer.from(head, 'base64').length + Buffer.from(tail.replaceAll('=', ''), 'base64').length;
      expect(known).toBeLessThanOrEqual(before.length + after.length + 1);
    }),
  );
});
