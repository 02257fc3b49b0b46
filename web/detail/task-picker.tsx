import { taskStates } from '../states/vocabulary.ts';
import type { Studio } from '../studio/studio.ts';

const itemsMax = 1000;

/** All tasks as lists to choose from: the graph for those who do not see or point. */
export function TaskPicker({ studio }: { readonly studio: Studio }) {
  const { selected, session } = studio;
  const { plan, model } = session;
  const nodeIds = plan?.nodes.map(({ id }) => id) ?? [...model.tasks.keys()];
  const nodeId = model.tasks.get(selected ?? '')?.name.nodeId ?? selected ?? '';
  const items = (model.items.get(nodeId)?.ids ?? []).slice(0, itemsMax);
  const undo = `compensate(${nodeId})`;
  const parts = [...items, ...(model.tasks.has(undo) ? [undo] : [])];
  const named = (id: string): string =>
    `${taskStates[model.stateOf(id)].icon} ${id} (${taskStates[model.stateOf(id)].word})`;
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
          {nodeIds.map((id) => (
            <option key={id} value={id}>
              {named(id)}
            </option>
          ))}
        </select>
      </label>
      {parts.length > 0 ? (
        <label>
          Item
          <select id="item" value={selected ?? ''} onChange={choose}>
            <option value={nodeId}>the node itself</option>
            {parts.map((id) => (
              <option key={id} value={id}>
                {named(id)}
              </option>
            ))}
          </select>
        </label>
      ) : null}
    </div>
  );
}
