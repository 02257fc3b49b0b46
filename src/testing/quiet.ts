/**
 * Resolves when everything that can happen without time going on has happened: microtasks, and what they queue. A module
 * that waits for the real world (a file, a socket) is not waited for.
 */
export function quiet(): Promise<void> {
  return new Promise((resolve) => {
    // A message comes after every microtask, and unlike a timer at once.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
