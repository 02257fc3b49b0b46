import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until no living process holds the lock file, takes it, and returns what gives it back. @param {string} file */
export async function lock(file) {
  for (const givesUpAtMs = Date.now() + 120_000; ; await sleep(100)) {
    try {
      const handle = openSync(file, 'wx');
      writeFileSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
      if (!holderLives(file)) rmSync(file, { force: true });
      if (Date.now() > givesUpAtMs) throw new Error(`${file} is held by another build; delete it when none is running`);
    }
  }
}

/** @param {string} file */
function holderLives(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Empty between its creation and the write of the id: alive.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
