import fc from 'fast-check';
import { expect, test } from 'vitest';
import { secretForms } from '../../src/observe/secret-forms.ts';

test('every form, longest first', () => {
  const forms = secretForms('p/s "w+rd?>');
  for (const form of [
    'p/s "w+rd?>',
    'p/s \\"w+rd?>',
    'p%2Fs%20%22w%2Brd%3F%3E',
    'p%2fs%20%22w%2brd%3f%3e',
    'p%2Fs+%22w%2Brd%3F%3E',
    Buffer.from('p/s "w+rd?>').toString('base64'),
    Buffer.from('p/s "w+rd?>').toString('base64url'),
    encodeURIComponent(Buffer.from('p/s "w+rd?>').toString('base64')),
  ]) {
    expect(forms).toContain(form);
  }
  expect(forms.map(({ length }) => length)).toEqual(forms.map(({ length }) => length).sort((a, b) => b - a));
  expect(new Set(forms).size).toBe(forms.length);
});

test('base64 is that of the platform, for any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (secret) => {
      const forms = secretForms(secret);
      expect(forms).toContain(Buffer.from(secret).toString('base64'));
      expect(forms).toContain(Buffer.from(secret).toString('base64url'));
    }),
  );
});

test('a lone surrogate has no percent-encoding and is no trouble', () => {
  expect(secretForms('abc\ud800')).toContain('abc\ud800');
});
