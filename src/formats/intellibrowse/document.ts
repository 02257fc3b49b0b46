import { toErrorData } from '../../errors.ts';
import { compileExpression } from '../../program/expression.ts';
import { Fields } from '../fields.ts';
import { describe, type Findings, isRecord, type JsonRecord } from '../findings.ts';
import { type NodeRetry, readRetryPolicy } from './retry.ts';
import { type JobStatus, jobStatuses } from './status.ts';

const nodeTypes = [
  'test_case',
  'test_suite',
  'condition',
  'parallel_group',
  'sequential_group',
  'checkpoint',
  'notification',
  'cleanup',
] as const;
export type NodeType = (typeof nodeTypes)[number];

/** A node of an execution graph, as it is told. */
export interface GraphNode {
  readonly id: string;
  readonly path: string;
  readonly title: string;
  readonly type: NodeType;
  readonly order: number;
  readonly level: number;
  readonly status: JobStatus;
  readonly tags: readonly string[];
  readonly parents: readonly GraphReference[];
  readonly children: readonly GraphReference[];
  readonly dependencyCondition: 'all' | 'any' | 'conditional';
  readonly action: string | undefined;
  readonly parameters: JsonRecord;
  readonly condition: string | undefined;
  readonly conditionContext: JsonRecord;
  readonly group: string | undefined;
  /** Undefined when it is not told; the model's 1 would make every group a sequence. */
  readonly instancesMax: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly critical: boolean | undefined;
  readonly retry: NodeRetry;
}

export interface GraphReference {
  readonly text: string;
  readonly path: string;
}

/** The list of nodes, wherever the document has it. */
export function nodeListOf(
  document: JsonRecord,
): { readonly list: readonly unknown[]; readonly path: string } | undefined {
  const { nodes, execution_graph: graph } = document;
  if (Array.isArray(nodes)) return { list: nodes, path: 'nodes' };
  if (Array.isArray(graph)) return { list: graph, path: 'execution_graph' };
  if (isRecord(graph) && Array.isArray(graph.nodes)) return { list: graph.nodes, path: 'execution_graph.nodes' };
  return undefined;
}

/** Reads all nodes; what is wrong goes to `findings` and is left out. */
export function readNodes(
  { list, path }: { readonly list: readonly unknown[]; readonly path: string },
  policy: NodeRetry | undefined,
  findings: Findings,
): ReadonlyMap<string, GraphNode> {
  const nodes = new Map<string, GraphNode>();
  list.forEach((entry, index) => {
    const at = `${path}[${index}]`;
    if (!isRecord(entry))
      return findings.error({ code: 'BAD_SCHEMA', path: at, message: `${at} must be a node, not ${describe(entry)}` });
    const id = new Fields(entry, at, at, findings).requiredText('node_id');
    if (id === undefined || id === '') return;
    if (nodes.has(id))
      findings.error({
        code: 'DUPLICATE_ID',
        path: `${at}.node_id`,
        message: `two nodes have the id ${JSON.stringify(id)}`,
      });
    nodes.set(
      id,
      readNode(id, new Fields(entry, at, `node ${JSON.stringify(id)}`, findings), { path: at, index, policy }),
    );
  });
  if (list.length === 0)
    findings.error({ code: 'BAD_SCHEMA', path, message: 'an execution graph needs at least one node' });
  return nodes;
}

interface Place {
  readonly path: string;
  readonly index: number;
  readonly policy: NodeRetry | undefined;
}

function readNode(id: string, fields: Fields, { path, index, policy }: Place): GraphNode {
  const type = fields.oneOf('node_type', nodeTypes);
  if (type === undefined && fields.value('node_type') === undefined) fields.refuse('node_type', 'needs node_type');
  const config = fields.fields('execution_config');
  const action = fields.text('action_type');
  const acts = type === 'test_case' || type === 'test_suite' || type === 'notification' || type === 'cleanup';
  if (acts && (action === undefined || action === ''))
    fields.refuse('action_type', `of type ${type} needs action_type, the module it runs`);
  const condition = fields.text('condition_expression');
  if (type === 'condition' && (condition === undefined || condition === ''))
    fields.refuse('condition_expression', 'of type condition needs condition_expression');
  if (condition !== undefined && condition !== '') checkExpression(condition, fields);
  const seconds = config.number('timeout_seconds', { min: 0 });
  const own = config.value('retry_policy') === undefined ? policy : readRetryPolicy(config.fields('retry_policy'));
  return {
    id,
    path,
    title: fields.text('node_name') ?? id,
    type: type ?? 'checkpoint',
    order: fields.number('node_order', { min: 0, whole: true }) ?? index,
    level: fields.number('node_level', { min: 0, whole: true }) ?? 0,
    status: fields.oneOf('execution_status', jobStatuses) ?? 'pending',
    tags: fields.texts('tags').map(({ text }) => text),
    parents: [...fields.texts('parent_nodes'), ...fields.texts('depends_on')],
    children: fields.texts('child_nodes'),
    dependencyCondition: fields.oneOf('dependency_condition', ['all', 'any', 'conditional']) ?? 'all',
    action: action === '' ? undefined : action,
    parameters: fields.record('action_parameters'),
    condition: condition === '' ? undefined : condition,
    conditionContext: fields.record('condition_context'),
    group: fields.text('parallel_group'),
    instancesMax: fields.number('max_parallel_instances', { min: 1, whole: true }),
    timeoutMs: config.number('timeout_ms', { min: 1 }) ?? (seconds === undefined ? undefined : seconds * 1000),
    critical: config.flag('critical'),
    retry: own ?? simpleRetry(fields.number('max_retries', { min: 0, max: 999, whole: true }) ?? 1),
  };
}

function checkExpression(source: string, fields: Fields): void {
  try {
    compileExpression(source, fields.at('condition_expression'));
  } catch (thrown) {
    fields.refuse(
      'condition_expression',
      `has a condition that cannot be read: ${toErrorData(thrown, 'BAD_EXPRESSION').message}`,
      'conditions are written in CEL here',
    );
  }
}

/** Without a policy a node has `max_retries`, at the delays that a policy has by default. */
function simpleRetry(retries: number): NodeRetry {
  return retries === 0
    ? {}
    : {
        retry: {
          attempts: retries + 1,
          backoff: 'exponential',
          delayMs: 1000,
          maxDelayMs: 60_000,
          factor: 2,
          jitter: 'equal',
        },
      };
}
