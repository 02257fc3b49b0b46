import type { Studio } from '../studio/studio.ts';

/** Says that another tab drives what is shown, and takes it from there. */
export function OtherTabCard({ studio }: { readonly studio: Studio }) {
  const { session, isUnderWay } = studio;
  if (!session.isWatched || !isUnderWay) return null;
  const takeOver = async (): Promise<void> => {
    await studio.takeOver();
    // The button goes; whoever used it stands beside those that act on the run.
    document.querySelector<HTMLElement>('#pause')?.focus();
  };
  return (
    <section class="card other-tab" aria-labelledby="other-tab-title" data-testid="other-tab">
      <h2 id="other-tab-title">
        <span aria-hidden="true">⇄</span> Driven in another tab
      </h2>
      <p>
        You watch it live here; Pause and Cancel are passed on. When that tab closes, this one goes on by itself. If it
        is frozen, take it over.
      </p>
      <div class="buttons">
        <button
          id="take-over"
          type="button"
          class="primary"
          aria-keyshortcuts="t"
          onClick={() => void takeOver().catch(studio.complain)}
        >
          Take over
        </button>
      </div>
    </section>
  );
}
