import type { Program, ProgramNode, RetryPolicy, Template } from '../../program/program.ts';
import { isRecord, type JsonRecord } from '../findings.ts';
import { literal, outputOf } from '../literal.ts';
import type { Data } from './data.ts';
import { maxIterationsOf, runsApart } from './nesting.ts';
import { changingTypes, chatTypes, innerSteps, localTypes } from './step-types.ts';

export interface CompileOptions {
  /** Module that asks a model. */
  readonly chat: string;
  readonly workflow: JsonRecord;
  /** The program of a `pipeline_file`. */
  readonly programOf: (file: string) => string | Program;
}

type Nodes = { [id: string]: ProgramNode };

const start = '#start';
const end = '#end';
const iterationsMax = 100_000;
/** Ids that the language of expressions takes for itself. */
const reserved =
  /^(input|nodes|item|index|execution|__proto__|constructor|prototype|true|false|null|in|as|break|const|continue|else|for|function|if|import|let|loop|package|namespace|return|var|void|while)$/;

/** Compiles a workflow: one chain of nodes in the listed order, so that the first step that fails ends the run. */
export function compileWorkflow(options: CompileOptions, name: string): Program {
  const { workflow } = options;
  const nodes: Nodes = Object.create(null);
  nodes[start] = {
    module: 'pipeline.start',
    with: { given: '${input}', globals: literal(isRecord(workflow.global_vars) ? workflow.global_vars : {}) },
  };
  const list = new StepList(options, nodes).add(workflow.steps as readonly JsonRecord[]);
  const { description } = workflow;
  return {
    heddle: 1,
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    nodes: { ...nodes },
    outputs: list.results(),
  };
}

/** One list of steps and its nodes. */
class StepList {
  readonly #options: CompileOptions;
  readonly #nodes: Nodes;
  readonly #idOf = new Map<string, string>();
  #last = start;
  #state = outputOf(start, '.state');

  constructor(options: CompileOptions, nodes: Nodes) {
    this.#options = options;
    this.#nodes = nodes;
  }

  add(steps: readonly JsonRecord[]): this {
    for (const step of steps) this.#step(withDefaults(step, this.#options.workflow));
    return this;
  }

  results(): { readonly [name: string]: Template } {
    return Object.fromEntries([...this.#idOf].map(([name, id]) => [name, outputOf(id, '.result')]));
  }

  /** What a step sees: of the results before only those whose names it has somewhere in it. */
  context(step: unknown): Template {
    const text = JSON.stringify(step);
    const own =
      step === undefined
        ? [...this.#idOf]
        : [...this.#idOf].filter(([name]) => text.includes(JSON.stringify(name).slice(1, -1)));
    const bySource = /"(data_source|input_source|right_source)"/.test(text ?? '') ? [...this.#idOf] : own;
    return {
      base: outputOf(start),
      results: Object.fromEntries(bySource.map(([name, id]) => [name, outputOf(id, '.result')])),
      state: this.#state,
    };
  }

  #step(step: JsonRecord): void {
    const { chat } = this.#options;
    const [name, type] = [String(step.name), String(step.type)];
    const id = this.#freeId(name);
    const { [type === 'pipeline' ? 'pipeline' : 'steps']: _, ...plain } = step;
    // Inner steps are part of what is looked through for names, but not of the step that the modules get.
    const common = { step: literal(innerSteps(step) === undefined ? step : plain), context: this.context(step) };
    const add = (key: string, node: ProgramNode): void => {
      this.#nodes[key] = { ...node, needs: [this.#last] };
      this.#last = key;
    };
    if (localTypes.has(type)) add(id, { module: 'pipeline.step', with: common, summary: type });
    else {
      const [ask, run] = [this.#freeId(`${name}#ask`), this.#freeId(`${name}#run`)];
      const functions = isRecord(this.#options.workflow.gemini_functions)
        ? this.#options.workflow.gemini_functions
        : {};
      const asking = type.startsWith('gemini') ? { ...common, functions: literal(functions) } : common;
      add(ask, { module: 'pipeline.ask', with: asking, summary: type });
      add(run, chatTypes.has(type) ? calls(step, chat, outputOf(ask, '.requests')) : this.#runs(step, ask, run));
      add(id, {
        module: 'pipeline.answer',
        with: { ...common, asked: outputOf(ask), answers: outputOf(run) },
        summary: type,
      });
    }
    this.#idOf.set(name, id);
    if (changingTypes.has(type)) this.#state = outputOf(id, '.state');
  }

  #runs(step: JsonRecord, ask: string, run: string): ProgramNode {
    const items = outputOf(ask, '.requests');
    if (step.type === 'pipeline') {
      const inner = isRecord(step.pipeline)
        ? isRecord(step.pipeline.workflow)
          ? step.pipeline.workflow
          : step.pipeline
        : undefined;
      const workflow = { ...this.#options.workflow, ...inner, steps: inner?.steps ?? [] };
      const program =
        inner === undefined
          ? this.#options.programOf(String(step.pipeline_file))
          : compileWorkflow({ ...this.#options, workflow }, String(inner.name ?? step.name));
      const config = isRecord(step.config) ? step.config : {};
      return { program, forEach: { items }, with: '${item}', timeoutMs: seconds(config.timeout_seconds, 300) };
    }
    const apart = runsApart(step as Data);
    const program = this.#body(step);
    if (apart) {
      const maxParallel = step.parallel === true ? Math.min(10, whole(step.max_parallel, 5)) : 1;
      const tolerance = step.break_on_error === false ? ('tolerant' as const) : ('strict' as const);
      return { program, forEach: { items, maxParallel, tolerance }, with: { run: '${item}', last: null } };
    }
    const maxIterations = step.type === 'while_loop' ? maxIterationsOf(step as Data) : iterationsMax;
    return {
      program,
      forEach: { items },
      with: { run: '${item}', last: outputOf(run) },
      repeat: { while: outputOf(run, '.again').slice(2, -1), maxIterations },
      ...(typeof step.timeout_seconds === 'number' && { timeoutMs: seconds(step.timeout_seconds, 300) }),
    };
  }

  #body(step: JsonRecord): Program {
    const { steps: _, ...plain } = step;
    const nodes: Nodes = Object.create(null);
    nodes[start] = { module: 'pipeline.iterate', with: { run: '${input.run}', last: '${input.last}' } };
    const list = new StepList(this.#options, nodes).add(step.steps as readonly JsonRecord[]);
    const context = list.context(undefined);
    nodes[end] = { module: 'pipeline.iterated', with: { step: literal(plain), context, begun: outputOf(start) } };
    const keys = ['again', 'capped', 'index', 'iterations', 'state'];
    const outputs = Object.fromEntries(keys.map((key) => [key, outputOf(end, `.${key}`)]));
    return { heddle: 1, name: `${String(step.name)} body`, nodes: { ...nodes }, outputs };
  }

  #freeId(name: string): string {
    const wanted = reserved.test(name) ? `${name}_` : name;
    let id = wanted;
    for (let count = 2; Object.hasOwn(this.#nodes, id) || id === end; count++) id = `${wanted}#${count}`;
    return id;
  }
}

const whole = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && value >= 1 ? Math.floor(value) : otherwise;

/** At most thirty days. */
const seconds = (value: unknown, otherwise: number): number =>
  Math.min(2_592_000_000, (typeof value === 'number' && value > 0 ? value : otherwise) * 1000);

/** The calls of a provider: one, or one for each task of a batch. */
function calls(step: JsonRecord, chat: string, items: string): ProgramNode {
  const options = isRecord(step.claude_options) ? step.claude_options : {};
  const batch = isRecord(step.batch_config) ? step.batch_config : {};
  const isBatch = step.type === 'claude_batch';
  const timeoutMs = isBatch ? whole(batch.timeout_per_task, 60_000) : options.timeout_ms;
  const parallel = isBatch
    ? { maxParallel: Math.min(100_000, whole(batch.max_parallel, 3)), tolerance: 'tolerant' as const }
    : {};
  const isRobust = step.type === 'claude_robust';
  const retry = retryOf(isRobust ? (step.retry_config ?? {}) : options.retry_config);
  return {
    module: chat,
    forEach: { items, ...parallel },
    with: '${item.request}',
    ...(typeof timeoutMs === 'number' && timeoutMs > 0 && { timeoutMs: Math.min(timeoutMs, 2_592_000_000) }),
    ...(retry !== undefined && { retry }),
    ...(isRobust && { fallback: fallbackOf(step.retry_config, chat) }),
  };
}

function retryOf(config: unknown): RetryPolicy | undefined {
  if (!isRecord(config)) return undefined;
  const retries =
    typeof config.max_retries === 'number' && config.max_retries >= 0 ? Math.floor(config.max_retries) : 3;
  const strategy = config.backoff_strategy;
  const delay = config.base_delay_ms;
  return {
    attempts: Math.min(1000, retries + 1),
    backoff: strategy === 'linear' || strategy === 'fixed' ? strategy : 'exponential',
    delayMs: typeof delay === 'number' && delay >= 0 ? Math.min(delay, 3_600_000) : 1000,
    maxDelayMs: 3_600_000,
    factor: 2,
    jitter: 'none',
  };
}

function fallbackOf(config: unknown, chat: string): NonNullable<ProgramNode['fallback']> {
  const action = isRecord(config) ? config.fallback_action : undefined;
  if (action === 'simplified_prompt') return { module: chat, with: '${item.simplified}' };
  return { value: { fallback: action === 'emergency_response' ? action : 'graceful_degradation' } };
}

function withDefaults(step: JsonRecord, { defaults }: JsonRecord): JsonRecord {
  const given = isRecord(defaults) ? defaults : {};
  if (String(step.type).startsWith('gemini'))
    return {
      ...step,
      ...(step.model === undefined && given.gemini_model !== undefined && { model: given.gemini_model }),
      ...(step.token_budget === undefined &&
        given.gemini_token_budget !== undefined && { token_budget: given.gemini_token_budget }),
    };
  if (!chatTypes.has(String(step.type)) || !isRecord(given.claude_options)) return step;
  return {
    ...step,
    claude_options: { ...given.claude_options, ...(isRecord(step.claude_options) && step.claude_options) },
  };
}
