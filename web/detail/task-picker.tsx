import { useMemo } from 'preact/hooks';
import { taskStates } from '../states/vocabulary.ts';
import type { Studio } from '../studio/studio.ts';

const itemsMax = 1000;
/** The names of more than these do not tell states, so that a long list is not made anew with every event. */
const toldMax = 300;

/** All tasks as lists to choose from: the graph for those who do not see or point. */
export function TaskPicker({ studio }: { readonly studio: Studio }) {
  const { selected, session } = studio;
  const { plan, model } = session;
  const nodeIds = useMemo(
    () => plan?.nodes.map(({ id }) => id) ?? [...model.tasks.keys()],
    [plan, model, plan === null ? model.tasks.size : 0],
  );
  const nodeId = model.tasks.get(selected ?? '')?.name.nodeId ?? selected ?? '';
  const items = (model.items.get(nodeId)?.ids ?? []).slice(0, itemsMax);
  const undo = `compensate(${nodeId})`;
  const parts = [...items, ...(model.tasks.has(undo) ? [undo] : [])];
  const named = (id: string): string =>
    `${taskStates[model.stateOf(id)].icon} ${id} (${taskStates[model.stateOf(id)].word})`;
  const isLong = nodeIds.length + items.length > toldMax;
  const told = isLong ? 0 : model.version;
  const nodeOptions = useMemo(() => optionsOf(nodeIds, isLong ? plain : named), [nodeIds, told]);
  const partOptions = useMemo(() => optionsOf(parts, isLong ? plain : named), [model, nodeId, parts.length, told]);
  const choose = (event: Event): void => {
    const { value } = event.currentTarget as HTMLSelectElement;
    studio.select(value === '' ? null : value);
  };
  return (
    <div class="pickers">
      <label>
        Node
        <select id="task" value={nodeId} onChange={choose}>
          <option value="">none</option>
          {nodeOptions}
        </select>
      </label>
      {parts.length > 0 ? (
        <label>
          Item
          <select id="item" value={selected ?? ''} onChange={choose}>
            <option value={nodeId}>the node itself</option>
            {partOptions}
          </select>
        </label>
      ) : null}
    </div>
  );
}

const plain = (id: string): string => id;

function optionsOf(ids: readonly string[], nameOf: (id: string) => string) {
  return ids.map((id) => (
    <option key={id} value={id}>
      {nameOf(id)}
    </option>
  ));
}
