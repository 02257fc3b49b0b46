import { isTerminal } from '../../src/observe/status.ts';
import type { ExecutionSummary } from '../../src/ports/journal-store.ts';
import { executionStates } from '../states/vocabulary.ts';

const shownMax = 25;

/** From the start to the end, or to now. */
export const tookMsOf = ({ status, createdAtMs, updatedAtMs }: ExecutionSummary): number =>
  (isTerminal(status) ? updatedAtMs : Date.now()) - createdAtMs;
const heightMinPercent = 8;

/** The last executions, oldest first: how long each took by its height, how it ended by its colour and in words. */
export function Strip({ executions }: { readonly executions: readonly ExecutionSummary[] }) {
  const shown = executions.slice(0, shownMax).reverse();
  if (shown.length < 3) return null;
  const tookMs = shown.map(tookMsOf);
  const longestMs = Math.max(1, ...tookMs);
  return (
    <ul class="strip" aria-label={`the last ${shown.length} executions`}>
      {shown.map(({ executionId, programName, status }, index) => {
        const { state, word } = executionStates[status];
        const said = `${programName}: ${word}, ${((tookMs[index] ?? 0) / 1000).toFixed(1)} s`;
        const height = `${Math.max(heightMinPercent, ((tookMs[index] ?? 0) / longestMs) * 100)}%`;
        return (
          <li key={executionId} class={state} style={{ height }} title={said}>
            <span class="hidden">{said}</span>
          </li>
        );
      })}
    </ul>
  );
}
