import { samples } from '../../src/samples/programs.ts';
import { InputsForm } from '../programs/inputs-form.tsx';
import { openFile } from '../shell/open-file.ts';
import type { Studio } from '../studio/studio.ts';

/** Which program, on what, and the buttons of a run. */
export function StartCard({ studio }: { readonly studio: Studio }) {
  const { loaded, session, isUnderWay, inputs } = studio;
  const name = loaded.program?.name ?? '';
  const isSample = samples.some((sample) => sample.name === name);
  const { live, status } = session;
  return (
    <section class="card ask" aria-labelledby="ask-title">
      <h2 id="ask-title">Program</h2>
      <form
        id="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!isUnderWay) studio.run().catch(studio.complain);
        }}
      >
        <div class="fields">
          <label>
            Program
            <select
              id="program"
              value={isSample ? name : 'own'}
              onChange={(event) => studio.loadSample(event.currentTarget.value)}
            >
              {samples.map((sample) => (
                <option key={sample.name} value={sample.name}>
                  {sample.title}
                </option>
              ))}
              {isSample ? null : <option value="own">{name === '' ? 'not a program' : name}</option>}
            </select>
          </label>
          <InputsForm
            prefix="input"
            schema={loaded.program?.inputs}
            inputs={inputs}
            onChange={(changed) => {
              studio.inputs = changed;
              studio.changed();
            }}
          />
        </div>
        <div class="buttons">
          <button
            id="run"
            class="primary"
            type="submit"
            aria-keyshortcuts="r"
            disabled={isUnderWay || loaded.errors.length > 0}
          >
            Run
          </button>
          <button
            id="pause"
            type="button"
            aria-keyshortcuts="Space"
            disabled={!isUnderWay}
            onClick={() => (status === 'PAUSED' ? live?.resume() : live?.pause())?.catch(studio.complain)}
          >
            {status === 'PAUSED' ? 'Resume' : 'Pause'}
          </button>
          <button
            id="cancel"
            type="button"
            aria-keyshortcuts="c"
            disabled={!isUnderWay}
            onClick={() => live?.cancel().catch(studio.complain)}
          >
            Cancel
          </button>
          <button
            type="button"
            id="open-file"
            onClick={() => openFile((text) => void studio.load(text).catch(studio.complain))}
          >
            Open a file…
          </button>
        </div>
      </form>
      {loaded.program?.description === undefined ? null : <p class="quiet">{loaded.program.description}</p>}
      <p id="notice" class="notice" role="status" data-testid="notice">
        {studio.notice}
      </p>
    </section>
  );
}
