import { useState } from 'preact/hooks';
import type { Value } from '../../src/program/value.ts';
import type { Studio } from '../studio/studio.ts';

/** The signals that tasks wait for: a person decides here. Also after a reload, for the wait is kept. */
export function SignalCard({ studio }: { readonly studio: Studio }) {
  const { live, model, plan, status } = studio.session;
  const [payload, setPayload] = useState('');
  const send = live?.signal;
  if (send === undefined || plan === null || model.ended || status === 'CANCELLED') return null;
  const waiting = plan.nodes.filter(({ id, spec }) => spec.waitFor !== undefined && model.stateOf(id) === 'signal');
  if (waiting.length === 0) return null;
  const answer = (event: string, value: Value): void => {
    send(event, value).then(() => studio.say(`${event} was sent.`), studio.complain);
  };
  return (
    <section class="card ask-person" aria-labelledby="signal-title" data-testid="signal">
      <h2 id="signal-title">It waits for you</h2>
      {waiting.map(({ id, spec }) => {
        const event = spec.waitFor?.event ?? '';
        return (
          <div key={id} class="decision">
            <p>
              <strong>{id}</strong>: {spec.summary ?? `waits for the signal ${event}`}. You may reload the page or close
              it: it will still be waiting.
            </p>
            <label>
              A word about it, if you like
              <input value={payload} onInput={(input) => setPayload(input.currentTarget.value)} />
            </label>
            <div class="buttons">
              <button type="button" class="primary" onClick={() => answer(event, decided(true, payload))}>
                Approve
              </button>
              <button type="button" onClick={() => answer(event, decided(false, payload))}>
                Reject
              </button>
            </div>
          </div>
        );
      })}
    </section>
  );
}

const decided = (approved: boolean, reason: string): Value =>
  reason.trim() === '' ? { approved } : { approved, reason: reason.trim() };
