addEventListener('message', ({ data }: MessageEvent<{ id: number }>) => {
  (globalThis as unknown as Worker).postMessage({ id: data.id, output: { ok: true } });
});
