import { HeddleError, isHeddleError } from '../errors.ts';
import type { AnyModule } from '../host/registry.ts';
import { isRecord } from '../program/shape.ts';
import type { Value } from '../program/value.ts';
import { ChainOfThought } from './chain-of-thought.ts';
import type { Fields } from './example.ts';
import { fieldText, sections } from './field-text.ts';
import { Module } from './module.ts';
import { Predict } from './predict.ts';
import { Prediction } from './prediction.ts';
import type { Session } from './session.ts';
import { Signature, type SignatureData, signatureOf } from './signature.ts';
import { callTool, describeTool } from './tool.ts';

export interface ReActOptions {
  readonly tools: readonly AnyModule[];
  /** Turns at the most; default 20. */
  readonly maxIters?: number;
}

/**
 * Reasoning and acting (Yao et al. 2023) as DSPy 3.0 does it: in each turn the model thinks, names a tool and its arguments,
 * and sees what the tool said; `finish` ends it, and `extract` reads the outputs from the whole trajectory. Tools are modules.
 */
export class ReAct extends Module {
  react: Predict;
  extract: ChainOfThought;
  readonly tools: ReadonlyMap<string, AnyModule>;
  readonly maxIters: number;

  constructor(signature: string | SignatureData | Signature, { tools, maxIters = 20 }: ReActOptions) {
    super();
    const own = signatureOf(signature);
    const taken = tools.find(
      ({ name }, index) => name === 'finish' || tools.findIndex((each) => each.name === name) < index,
    );
    if (taken !== undefined) {
      throw new HeddleError({
        code: 'DUPLICATE_ID',
        message: `two tools of a ReAct are named ${taken.name}`,
        hint: 'finish is the name of the tool that ends a ReAct; give yours another one',
      });
    }
    this.tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.maxIters = maxIters;
    const trajectory = { name: 'trajectory' };
    const { inputs } = own.toJSON();
    const names = [...this.tools.keys(), 'finish'].map((name) => JSON.stringify(name));
    this.react = new Predict(
      new Signature({
        instructions: instructionsOf(own, tools),
        inputs: [...inputs, trajectory],
        outputs: [
          { name: 'next_thought' },
          { name: 'next_tool_name', type: `Literal[${names.join(', ')}]` },
          { name: 'next_tool_args', type: 'dict[str, Any]' },
        ],
      }),
    );
    this.extract = new ChainOfThought(own.appendInput(trajectory));
  }

  /** The outputs of the signature, and `trajectory`: thought, tool, arguments and observation of each turn, by number. */
  async forward(inputs: Fields, session: Session): Promise<Prediction> {
    const trajectory: { [name: string]: Value } = {};
    for (let turn = 0; turn < this.maxIters; turn++) {
      const next = await this.next({ ...inputs, trajectory: trajectoryText(trajectory) }, session);
      if (next === undefined) break;
      const name = String(next.next_tool_name);
      trajectory[`thought_${turn}`] = next.next_thought ?? '';
      trajectory[`tool_name_${turn}`] = name;
      trajectory[`tool_args_${turn}`] = next.next_tool_args ?? {};
      trajectory[`observation_${turn}`] = await this.observe(name, next.next_tool_args ?? {}, session);
      session.context.heartbeat();
      if (name === 'finish') break;
    }
    const answered = await this.extract.call({ ...inputs, trajectory: trajectoryText(trajectory) }, session);
    return new Prediction({ trajectory, ...answered.fields });
  }

  /** Undefined when the model names no tool there is: the trajectory ends there. */
  protected async next(inputs: Fields, session: Session): Promise<Fields | undefined> {
    try {
      return (await this.react.call(inputs, session)).fields;
    } catch (thrown) {
      if (!isHeddleError(thrown) || thrown.code !== 'BAD_OUTPUT') throw thrown;
      session.context.log(`the trajectory ends: ${thrown.message}`);
      return undefined;
    }
  }

  protected async observe(name: string, args: Value, session: Session): Promise<Value> {
    const tool = this.tools.get(name);
    return tool === undefined ? 'Completed.' : callTool(tool, isRecord(args) ? args : {}, session);
  }
}

/** What happened so far, in sections, as DSPy shows it. */
function trajectoryText(trajectory: Fields): string {
  return sections(Object.entries(trajectory).map(([name, value]) => [name, fieldText(value, { kind: 'str' })]));
}

function instructionsOf(own: Signature, tools: readonly AnyModule[]): string {
  const list = (fields: readonly { readonly name: string }[]): string =>
    fields.map(({ name }) => `\`${name}\``).join(', ');
  const [inputs, outputs] = [list(own.inputs), list(own.outputs)];
  const finish = `finish, whose description is <desc>Marks the task as complete. That is, signals that all information for producing the outputs, i.e. ${outputs}, are now available to be extracted.</desc>. It takes arguments {}.`;
  return [
    ...(own.instructions === '' ? [] : [`${own.instructions}\n`]),
    `You are an Agent. In each episode, you will be given the fields ${inputs} as input. And you can see your past trajectory so far.`,
    `Your goal is to use one or more of the supplied tools to collect any necessary information for producing ${outputs}.\n`,
    'To do this, you will interleave next_thought, next_tool_name, and next_tool_args in each turn, and also when finishing the task.',
    'After each tool call, you receive a resulting observation, which gets appended to your trajectory.\n',
    'When writing next_thought, you may reason about the current situation and plan for future steps.',
    'When selecting the next_tool_name and its next_tool_args, the tool must be one of:\n',
    ...[...tools.map(describeTool), finish].map((tool, index) => `(${index + 1}) ${tool}`),
    'When providing `next_tool_args`, the value inside the field must be in JSON format.',
  ].join('\n');
}
