import { useEffect, useRef, useState } from 'preact/hooks';
import type { Studio } from '../studio/studio.ts';
import { LogLogPlot, RivalSign, short } from './log-log-plot.tsx';
import {
  clockStepMs,
  count,
  type Environment,
  type Measurement,
  reportOf,
  rivalNames,
  verdictsOf,
  type WorkerMessage,
} from './report.ts';
import { sizes, type Task, taskAbouts, tasks, taskTitles } from './workload.ts';

const steps = sizes.length * tasks.length * rivalNames.length;

/** The kernel against its plain twin and against what one would write, measured here and now. */
export function BenchmarkTab(_: { readonly studio: Studio }) {
  const [measurements, setMeasurements] = useState<readonly Measurement[]>([]);
  const [environment, setEnvironment] = useState<Environment | null>(null);
  const [told, setTold] = useState('');
  const [isRunning, setRunning] = useState(false);
  const worker = useRef<Worker | null>(null);
  const stop = (why: string): void => {
    worker.current?.terminate();
    worker.current = null;
    setRunning(false);
    setTold(why);
  };
  useEffect(() => () => worker.current?.terminate(), []);
  const run = (): void => {
    setMeasurements([]);
    setRunning(true);
    setTold('Measuring: one to four minutes. The largest graphs take the longest.');
    setEnvironment({
      userAgent: navigator.userAgent,
      cores: navigator.hardwareConcurrency,
      clockStepMs: clockStepMs(),
    });
    const started = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    worker.current = started;
    started.onerror = (event) => stop(`The benchmark broke: ${event.message}`);
    started.onmessage = ({ data }: MessageEvent<WorkerMessage>) => {
      if (data.type === 'measured') setMeasurements((before) => [...before, data.measurement]);
      else if (data.type === 'unavailable') setTold(`${data.rival} is not available here: ${data.reason}`);
      else if (data.type === 'failed') stop(`The benchmark broke: ${data.message}`);
      else stop('Done.');
    };
    started.postMessage(sizes);
  };
  const copy = (): void => {
    if (environment === null) return;
    navigator.clipboard.writeText(reportOf(measurements, environment)).then(
      () => setTold('Copied as JSON.'),
      () => setTold('The browser does not allow copying here.'),
    );
  };
  return (
    <div class="cards">
      <section class="card wide" aria-labelledby="benchmark-title">
        <div class="head">
          <h2 id="benchmark-title">WASM against JavaScript, on this machine</h2>
          <div class="tools">
            <button id="measure" type="button" class="primary" disabled={isRunning} onClick={run}>
              Measure
            </button>
            <button type="button" disabled={!isRunning} onClick={() => stop('Stopped.')}>
              Stop
            </button>
            <button id="copy-report" type="button" disabled={measurements.length === 0} onClick={copy}>
              Copy as JSON
            </button>
          </div>
        </div>
        <p>
          Random graphs of 10 to 1,000,000 nodes with about two edges to a node; of small ones many different, so that
          no branch is learnt by heart. All three do the same work in turns in a worker, and must come to the same
          result. Up to 20 rounds after warming up, at least 5.
        </p>
        <progress max={steps} value={measurements.length} aria-label="progress of the benchmark" />
        <p class="notice" role="status" data-testid="benchmark-notice">
          {told}
        </p>
        <ul class="rivals">
          {rivalNames.map((rival) => (
            <li key={rival}>
              <RivalSign rival={rival} /> {rival}
              <span class="quiet">{abouts[rival]}</span>
            </li>
          ))}
        </ul>
        {environment === null ? null : (
          <p class="quiet small">
            {environment.cores} cores · clock in steps of {environment.clockStepMs} ms · {environment.userAgent}
          </p>
        )}
      </section>
      {tasks.map((task) => (
        <TaskCard key={task} task={task} measurements={measurements} isRunning={isRunning} />
      ))}
    </div>
  );
}

const abouts: Readonly<Record<(typeof rivalNames)[number], string>> = {
  'WASM kernel': ': what plans and schedules here',
  'plain JS kernel': ': the same algorithms on typed arrays, the fallback',
  'idiomatic JS': ': objects, Maps and a heap',
};

interface TaskCardProps {
  readonly task: Task;
  readonly measurements: readonly Measurement[];
  readonly isRunning: boolean;
}

function TaskCard({ task, measurements, isRunning }: TaskCardProps) {
  const shown = measurements.filter((each) => each.task === task);
  const agreed = shown.every((each) => each.agreed);
  return (
    <section class="card" aria-labelledby={`${task}-title`}>
      <h2 id={`${task}-title`}>{taskTitles[task]}</h2>
      <p class="quiet">{taskAbouts[task]}</p>
      <LogLogPlot measurements={measurements} task={task} />
      {shown.length === 0 ? <p class="quiet">Not measured yet.</p> : null}
      {isRunning || shown.length === 0 ? null : (
        <ul class="verdicts" data-testid={`verdict-${task}`}>
          {verdictsOf(measurements, task).map((verdict) => (
            <li key={verdict}>{verdict}</li>
          ))}
          <li class={agreed ? 'quiet' : 'error'}>
            {agreed
              ? 'All came to the same results.'
              : 'They did not come to the same results: do not trust these numbers.'}
          </li>
        </ul>
      )}
      {shown.length === 0 ? null : <Numbers shown={shown} />}
    </section>
  );
}

function Numbers({ shown }: { readonly shown: readonly Measurement[] }) {
  const nodes = [...new Set(shown.map((each) => each.nodes))];
  return (
    <div class="table" role="group" tabIndex={0} aria-label="medians with p10 to p90">
      <table>
        <thead>
          <tr>
            <th scope="col">nodes</th>
            {rivalNames.map((rival) => (
              <th key={rival} scope="col">
                {rival}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {nodes.map((size) => (
            <tr key={size}>
              <th scope="row">{count(size)}</th>
              {rivalNames.map((rival) => {
                const spread = shown.find((each) => each.nodes === size && each.rival === rival)?.spread;
                return (
                  <td key={rival}>
                    {spread === undefined ? '' : short(spread.medianMs)}
                    {spread === undefined ? null : (
                      <span class="band quiet small">
                        {short(spread.p10Ms)}–{short(spread.p90Ms)}
                      </span>
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
