/**
 * The answer, or what `late` makes when it takes longer than `ms`. A timer that rings much too late rings in a page that was
 * frozen, together with the answers it missed: these get a second chance.
 */
export async function withDeadline<T>(answer: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<never>((_, reject) => {
    const arm = (again: boolean): void => {
      const dueMs = performance.now() + ms;
      timer = setTimeout(() => {
        if (again && performance.now() - dueMs > 1000) arm(false);
        else reject(late());
      }, ms);
    };
    arm(true);
  });
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}
