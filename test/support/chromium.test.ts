import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { chromiumPath, launchPersistent } from './chromium.ts';

afterEach(() => vi.unstubAllEnvs());

test('CHROMIUM_PATH comes first', () => {
  vi.stubEnv('CHROMIUM_PATH', process.execPath);
  expect(chromiumPath()).toBe(process.execPath);
});

test('a wrong CHROMIUM_PATH fails loudly and says what to do', () => {
  vi.stubEnv('CHROMIUM_PATH', '/nowhere/chromium');
  expect(() => chromiumPath()).toThrow(/\/nowhere\/chromium.*point it to a Chromium or unset it/);
});

test('a killed browser starts again on the same profile', { timeout: 60_000 }, async () => {
  const profile = mkdtempSync(join(tmpdir(), 'heddle-profile-'));
  const server = createServer((_, response) => response.end('<!doctype html><title>profile</title>'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}/`;
  try {
    const first = await launchPersistent(profile);
    const page = await first.context.newPage();
    await page.goto(url);
    await page.evaluate(
      () =>
        new Promise<void>((committed, failed) => {
          const opening = indexedDB.open('kept', 1);
          opening.onupgradeneeded = () => opening.result.createObjectStore('words');
          opening.onsuccess = () => {
            const transaction = opening.result.transaction('words', 'readwrite', { durability: 'strict' });
            transaction.objectStore('words').put('thread', 'a');
            transaction.oncomplete = () => committed();
            transaction.onabort = () => failed(transaction.error);
          };
        }),
    );
    const gone = new Promise((closed) => first.context.once('close', closed));
    process.kill(first.pid, 'SIGKILL');
    await gone;

    const second = await launchPersistent(profile);
    const again = await second.context.newPage();
    await again.goto(url);
    const word = await again.evaluate(
      () =>
        new Promise((read) => {
          const opening = indexedDB.open('kept', 1);
          opening.onsuccess = () => {
            const getting = opening.result.transaction('words').objectStore('words').get('a');
            getting.onsuccess = () => read(getting.result);
          };
        }),
    );
    await second.context.close();
    expect(word).toBe('thread');
  } finally {
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});
