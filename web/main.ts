import { createEngine } from '../src/browser.ts';
import type { ExecutionHandle } from '../src/host/execution-engine.ts';
import { isTerminal } from '../src/observe/status.ts';
import { createPlan } from '../src/plan/plan.ts';
import { parseDocument } from '../src/program/parse.ts';
import { checkProgram } from '../src/program/validate.ts';
import { type Sample, sampleModules, samples } from '../src/samples/index.ts';
import { byId, h } from './dom.ts';
import { ExecutionModel } from './execution-model.ts';
import { GraphView } from './graph-view.ts';
import { LogView } from './log-view.ts';
import { showResult } from './result-view.ts';
import { taskStates } from './task-states.ts';
import { TimelineView } from './timeline-view.ts';

const graph = new GraphView(byId('graph'));
const timeline = new TimelineView(byId('timeline'));
const log = new LogView(byId('log'));
const picker = byId<HTMLSelectElement>('program');
const question = byId<HTMLInputElement>('question');
const [run, pause, cancel] = ['run', 'pause', 'cancel'].map((id) => byId<HTMLButtonElement>(id)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLButtonElement,
];

await start();

async function start(): Promise<void> {
  picker.append(...samples.map(({ name, title }) => h('option', { value: name }, title)));
  byId('legend').append(
    ...Object.entries(taskStates).map(([state, { icon, word }]) => h('li', { class: state }, `${icon} ${word}`)),
  );
  const { engine, resumed, kernel, kernelReason, workers } = await createEngine({
    modules: sampleModules,
    createWorker: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }),
  });
  const persisted = await navigator.storage.persist().catch(() => false);
  const badges = [
    `kernel: ${kernel.kind}${kernelReason === undefined ? '' : ` (${kernelReason})`}`,
    `${workers} workers`,
    persisted ? 'storage: persistent' : 'storage: kept while there is room',
  ];
  byId('badges').append(...badges.map((badge) => h('li', {}, badge)));

  const preview = (): void => {
    const sample = chosen();
    byId('question-label').hidden = sample.inputs.question === undefined;
    question.disabled = sample.inputs.question === undefined;
    question.value = String(sample.inputs.question ?? '');
    graph.show(createPlan(checkProgram(parseDocument(sample.program)), kernel));
    graph.render(new ExecutionModel());
  };
  const show = (name: string): void => {
    if (picker.value !== name && samples.some((sample) => sample.name === name)) {
      picker.value = name;
      preview();
    }
  };

  let current: ExecutionHandle | null = null;
  const take = (handle: ExecutionHandle, notice: string): void => {
    current = handle;
    say(notice);
    void follow(handle);
  };
  picker.addEventListener('change', preview);
  byId('form').addEventListener('submit', (event) => {
    event.preventDefault();
    if (run.disabled) return;
    const sample = chosen();
    const inputs = sample.inputs.question === undefined ? sample.inputs : { question: question.value };
    run.disabled = true;
    engine.start(sample.program, inputs).then(
      (handle) => take(handle, 'Running in this page. Reload it now, if you like: it will go on.'),
      (thrown) => {
        run.disabled = false;
        say(`${thrown.code ?? 'Error'}: ${thrown.message}`);
      },
    );
  });
  pause.addEventListener(
    'click',
    () => void (current?.status === 'PAUSED' ? current.resume() : current?.pause())?.catch(complain),
  );
  cancel.addEventListener('click', () => void current?.cancel().catch(complain));
  document.addEventListener('keydown', (event) => pressed(event));
  addEventListener('resize', () => refresh());

  preview();
  const [unfinished] = resumed;
  const [newest] = await engine.list({ limit: 1 });
  if (newest !== undefined) show(newest.programName);
  if (unfinished !== undefined)
    take(unfinished, 'Resumed after the reload: what had finished was restored, the rest goes on.');
  else if (newest !== undefined && isTerminal(newest.status))
    take(await engine.open(newest.executionId), 'This is the last run. Run it again, or ask something else.');
  else say('Press Run.');
  document.body.dataset.ready = 'yes';
}

function chosen(): Sample {
  const sample = samples.find(({ name }) => name === picker.value) ?? samples[0];
  if (sample === undefined) throw new Error('there are no samples');
  return sample;
}

let refresh = (): void => undefined;

/** Shows an execution until its end, drawing at most once a frame. */
async function follow(handle: ExecutionHandle): Promise<void> {
  const model = new ExecutionModel();
  const progress = byId('progress');
  log.clear();
  byId('answer').replaceChildren(h('p', { class: 'quiet' }, 'Under way.'));
  let drawn = true;
  const draw = (): void => {
    drawn = true;
    graph.render(model);
    timeline.render(model);
    log.render(model);
  };
  refresh = draw;
  const buttons = (): void => {
    const over = isTerminal(handle.status);
    run.disabled = !over;
    pause.disabled = over;
    cancel.disabled = over;
    pause.textContent = handle.status === 'PAUSED' ? 'Resume' : 'Pause';
  };
  try {
    for await (const update of handle.monitor()) {
      update.events.forEach((event) => model.take(event));
      const { percentage, completedTasks, totalTasks, estimatedTimeRemaining } = update.progress;
      const eta = estimatedTimeRemaining === undefined ? '' : ` · eta ${(estimatedTimeRemaining / 1000).toFixed(1)} s`;
      progress.textContent = `${completedTasks}/${totalTasks} tasks · ${Math.round(percentage)} %${eta} · ${update.status.toLowerCase()}`;
      progress.dataset.status = update.status;
      progress.dataset.execution = handle.id;
      byId<HTMLProgressElement>('bar').value = percentage;
      buttons();
      if (!drawn) continue;
      drawn = false;
      requestAnimationFrame(draw);
    }
    showResult(byId('answer'), await handle.result());
    progress.dataset.finished = handle.id;
    say(
      `${handle.status === 'COMPLETED' ? 'Done' : 'Ended'}, and kept in this page. Run it again, or ask something else.`,
    );
  } catch (thrown) {
    complain(thrown);
  }
  buttons();
}

function pressed(event: KeyboardEvent): void {
  const target = event.target as HTMLElement;
  if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, button')) return;
  if (event.key === 'r') run.click();
  else if (event.key === ' ') pause.click();
  else if (event.key === 'c') cancel.click();
  else return;
  event.preventDefault();
}

function say(text: string): void {
  byId('notice').textContent = text;
}

function complain(thrown: unknown): void {
  const {
    code = 'Error',
    message = String(thrown),
    hint,
  } = thrown as { code?: string; message?: string; hint?: string };
  say(`${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`);
}
