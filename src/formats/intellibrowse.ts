import type { ProgramNode, Template } from '../program/program.ts';
import { checkProgram } from '../program/validate.ts';
import { Fields } from './fields.ts';
import { Findings, isRecord, type JsonRecord } from './findings.ts';
import type { Annotation, Format, ReadProgram } from './format.ts';
import { graphCondition } from './intellibrowse/condition.ts';
import { type GraphNode, nodeListOf, readNodes } from './intellibrowse/document.ts';
import { graphNeeds } from './intellibrowse/needs.ts';
import { readRetryPolicy } from './intellibrowse/retry.ts';
import { literal, outputOf } from './literal.ts';

/**
 * Execution graphs of IntelliBrowse's orchestration as JSON or YAML: a list `nodes` of its node model, alone or below
 * `execution_graph` of a job, and `retry_policy`. What a node runs is its `action_type`, a module of the host, on its
 * `action_parameters`; without any it gets the inputs and what its parents gave. What the types and conditions mean is told in
 * docs/from-intellibrowse.md: the source declares them and runs none.
 */
export const intellibrowse: Format = {
  name: 'IntelliBrowse execution graph',
  looksLike: 'an object with a list of nodes that have node_id',
  recognises: (document) => {
    if (
      !isRecord(document) ||
      'heddle' in document ||
      'workflow' in document ||
      'modules' in document ||
      'goals' in document
    )
      return false;
    const nodes = nodeListOf(document);
    if (nodes === undefined) return false;
    return nodes.path !== 'nodes' || nodes.list.some((node) => isRecord(node) && 'node_id' in node);
  },
  read: readIntellibrowse,
};

function readIntellibrowse(document: unknown, fallback: string): ReadProgram {
  const findings = new Findings();
  const root: JsonRecord = isRecord(document) ? document : {};
  const job = new Fields(isRecord(root.job) ? root.job : root, isRecord(root.job) ? 'job' : '', 'the job', findings);
  const own = new Fields(root, '', 'the document', findings);
  const policy = own.value('retry_policy') === undefined ? undefined : readRetryPolicy(own.fields('retry_policy'));
  const nodes = readNodes(nodeListOf(root) ?? { list: [], path: 'nodes' }, policy, findings);
  const timeoutMs = job.number('timeout_ms', { min: 1 });
  const parallel = job.number('max_parallel_nodes', { min: 1, whole: true }) ?? 10;
  const named = [job.text('job_name'), job.text('name'), job.text('job_id')].find(
    (text) => text !== undefined && text !== '',
  );
  const needs = graphNeeds(nodes, findings);
  findings.throwIfAny();
  const program = checkProgram({
    heddle: 1,
    name: named ?? fallback,
    limits: { concurrency: parallel, ...(timeoutMs !== undefined && { timeoutMs }) },
    nodes: Object.fromEntries([...nodes.values()].flatMap((node) => compile(node, needs.get(node.id) ?? [], nodes))),
  });
  return {
    format: intellibrowse.name,
    program,
    timeUnit: 'unit',
    annotations: new Map([...nodes.values()].map((node) => [node.id, annotation(node)])),
    modules: [graphCondition],
    warnings: findings.warnings,
  };
}

function compile(
  node: GraphNode,
  needs: readonly string[],
  nodes: ReadonlyMap<string, GraphNode>,
): [string, ProgramNode][] {
  const { id, title, dependencyCondition, group: groupId, timeoutMs, critical } = node;
  const guard = guardOf(node, needs, nodes);
  const group = groupId === undefined ? undefined : nodes.get(groupId);
  const always = dependencyCondition === 'conditional' || node.type === 'cleanup';
  const waits: Pick<ProgramNode, 'needs' | 'join' | 'trigger'> = {
    ...(needs.length > 0 && { needs }),
    ...(dependencyCondition === 'any' && { join: 'any' }),
    ...(always && { trigger: 'always' }),
  };
  const compiled: ProgramNode = {
    ...work(node, needs),
    ...waits,
    ...(guard !== undefined && { if: guard }),
    ...(group?.instancesMax !== undefined && { bulkhead: { key: `group ${group.id}`, limit: group.instancesMax } }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(critical !== undefined && { critical }),
    ...node.retry,
    ...(title !== id && { summary: title }),
  };
  if (node.type === 'condition' || node.condition === undefined) return [[id, compiled]];
  const own = `${id}#condition`;
  const met = `${inExpression(own)}.met`;
  return [
    [own, { ...evaluation(node, needs), ...waits }],
    [id, { ...compiled, needs: [...needs, own], if: guard === undefined ? met : `(${guard}) && ${met}` }],
  ];
}

/** What a node runs. Groups and checkpoints are points where branches meet: every end of a task is durable here. */
function work(node: GraphNode, needs: readonly string[]): Pick<ProgramNode, 'module' | 'with'> {
  const { type, action, parameters } = node;
  if (type === 'condition') return evaluation(node, needs);
  if (type === 'parallel_group' || type === 'sequential_group' || type === 'checkpoint')
    return { module: 'barrier', with: resultsOf(needs) };
  return { module: action ?? 'barrier', ...(Object.keys(parameters).length > 0 && { with: literal(parameters) }) };
}

function evaluation({ condition, conditionContext }: GraphNode, needs: readonly string[]): ProgramNode {
  return {
    module: graphCondition.name,
    with: { expression: literal(condition), context: literal(conditionContext), results: resultsOf(needs) },
  };
}

function resultsOf(needs: readonly string[]): Template {
  return Object.fromEntries(needs.map((id) => [id, outputOf(id)]));
}

/**
 * Children of a condition run only when it holds; with `any`, when one of them does. Cleanup and `conditional` children run whatever
 * it says.
 */
function guardOf(
  { dependencyCondition, type }: GraphNode,
  needs: readonly string[],
  nodes: ReadonlyMap<string, GraphNode>,
): string | undefined {
  if (type === 'cleanup' || dependencyCondition === 'conditional') return undefined;
  const conditions = needs.filter((id) => nodes.get(id)?.type === 'condition');
  if (conditions.length === 0 || (dependencyCondition === 'any' && conditions.length < needs.length)) return undefined;
  const told = conditions.map((id) => `(${inExpression(id)} != null && ${inExpression(id)}.met)`);
  return told.join(dependencyCondition === 'any' ? ' || ' : ' && ');
}

function inExpression(id: string): string {
  return outputOf(id).slice(2, -1);
}

function annotation({ status, type, order, level, tags }: GraphNode): Annotation {
  return { status, type, order, level, tags };
}
