/**
 * Keeps the page for when there is no network. It works without, too: some browsers and hosts do not allow it.
 * @returns whether the page will be there without a network
 */
export async function keepOffline(script: URL): Promise<boolean> {
  try {
    await navigator.serviceWorker.register(script);
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    return false;
  }
}
