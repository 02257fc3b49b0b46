import { useState } from 'preact/hooks';
import { samples } from '../../src/samples/programs.ts';
import { openFile } from '../shell/open-file.ts';
import { goTo } from '../shell/route.ts';
import type { Studio } from '../studio/studio.ts';
import { Editor } from './editor.tsx';
import { InputsForm } from './inputs-form.tsx';
import { type Language, languageOf, languages, writeProgram } from './language.ts';
import { PlanSummary } from './plan-summary.tsx';
import { Problems } from './problems.tsx';

/** A program as text, checked as it is typed, and run on inputs that its schema asks for. */
export function ProgramsTab({ studio }: { readonly studio: Studio }) {
  const { loaded } = studio;
  const change = (text: string): void => studio.edit(text);
  const translate = (language: Language): void => {
    const { program } = loaded;
    if (program === null) return studio.say('A text with errors cannot be written in another language: mend it first.');
    writeProgram(program, language, studio.modules.list()).then(change, studio.complain);
  };
  const [inputs, setInputs] = useState(studio.inputs);
  const open = (name: string): void => {
    studio.loadSample(name);
    setInputs(studio.inputs);
  };
  const text = loaded.text ?? samples.find(({ name }) => name === loaded.program?.name)?.program ?? '';
  const current = languageOf(text);
  const isGood = loaded.errors.length === 0 && loaded.program !== null;
  return (
    <div class="programs">
      <section class="card text" aria-labelledby="editor-title">
        <div class="head">
          <h2 id="editor-title">Program</h2>
          <div class="tools">
            {samples.map(({ name, title }) => (
              <button key={name} type="button" onClick={() => open(name)}>
                {title}
              </button>
            ))}
            <button
              type="button"
              onClick={() =>
                openFile((text) => {
                  studio.load(text).catch(studio.complain);
                  setInputs({});
                })
              }
            >
              Open a file…
            </button>
          </div>
        </div>
        <div class="tools languages" role="group" aria-label="written as">
          {languages.map((language) => (
            <button
              key={language}
              type="button"
              aria-pressed={language === current}
              onClick={() => (language === current ? undefined : translate(language))}
            >
              {language}
            </button>
          ))}
        </div>
        <Editor text={text} loaded={loaded} onChange={change} />
      </section>
      <div class="side">
        <section class="card" aria-labelledby="problems-title">
          <h2 id="problems-title">Check</h2>
          <Problems loaded={loaded} text={text} />
        </section>
        <section class="card" aria-labelledby="inputs-title">
          <h2 id="inputs-title">Run it</h2>
          <form
            onSubmit={(event) => {
              event.preventDefault();
              studio.run(inputs).then(() => goTo('run'), studio.complain);
            }}
          >
            <InputsForm prefix="editor" schema={loaded.program?.inputs} inputs={inputs} onChange={setInputs} />
            <div class="buttons">
              <button id="run-edited" type="submit" class="primary" disabled={!isGood || studio.isUnderWay}>
                Run
              </button>
            </div>
          </form>
          <p class="notice" role="status">
            {studio.notice}
          </p>
        </section>
        <section class="card" aria-labelledby="plan-title">
          <h2 id="plan-title">Plan</h2>
          <PlanSummary loaded={loaded} />
        </section>
      </div>
    </div>
  );
}
