import type { StorageHealth } from './storage-health.ts';

const asked = new WeakSet<StorageHealth>();

/** Asks the browser, once, not to clear what is stored when the disk runs low; the status of the storage has the answer. */
export function persist(health: StorageHealth): void {
  if (asked.has(health)) return;
  asked.add(health);
  navigator.storage?.persist?.().then(
    (persisted) => health.promised(persisted),
    () => health.promised(false),
  );
}
