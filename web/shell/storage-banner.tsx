import { useState } from 'preact/hooks';
import type { Studio } from '../studio/studio.ts';

/** Of the loss that was last read, by its time. */
const seenKey = 'heddle:loss-seen';

/** Says when what is done is not being saved, and when the browser has lost what was; on every tab, until it is over or read. */
export function StorageBanner({ studio }: { readonly studio: Studio }) {
  const { state, reason, hint, lost } = studio.engine.engine.storage;
  const [seen, setSeen] = useState(lastSeen);
  const at = lost?.at.toISOString();
  return (
    <div role="alert" id="storage" data-testid="storage" data-state={state}>
      {state === 'ok' ? null : (
        <section class="card banner failing" aria-label="storage">
          <p>
            <strong>
              <span aria-hidden="true">✕</span> Nothing is being saved.
            </strong>{' '}
            {reason}. {hint === undefined ? '' : `What helps: ${hint}. `}Runs stand still until it can be saved again;
            it is tried all the time.
          </p>
        </section>
      )}
      {lost === undefined || at === undefined || at === seen ? null : (
        <section class="card banner lost" aria-label="loss" data-testid="loss">
          <p>
            <strong>
              <span aria-hidden="true">✕</span> The runs of before {lost.at.toLocaleString()} are gone.
            </strong>{' '}
            The browser found its storage of this page damaged and began a new one. It said: {lost.reason}.
          </p>
          <div class="buttons">
            <button
              type="button"
              onClick={() => {
                keepSeen(at);
                setSeen(at);
              }}
            >
              I have read it
            </button>
          </div>
        </section>
      )}
    </div>
  );
}

function lastSeen(): string | null {
  try {
    return localStorage.getItem(seenKey);
  } catch {
    return null;
  }
}

function keepSeen(at: string): void {
  try {
    localStorage.setItem(seenKey, at);
  } catch {
    // Then it is said again after the next load.
  }
}
