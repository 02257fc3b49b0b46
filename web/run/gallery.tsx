import { useEffect, useRef, useState } from 'preact/hooks';
import { isDone } from '../states/vocabulary.ts';
import type { Studio } from '../studio/studio.ts';
import { isPicture, type Picture } from '../values/picture.ts';
import { PictureView } from '../values/picture-view.tsx';

const picturesMax = 24;

/** The pictures that tasks have computed so far, as they come. */
export function Gallery({ studio }: { readonly studio: Studio }) {
  const { session } = studio;
  const { live, model } = session;
  const [pictures, setPictures] = useState<readonly { readonly id: string; readonly picture: Picture }[]>([]);
  const asked = useRef(new Set<string>());
  useEffect(() => {
    asked.current = new Set();
    setPictures([]);
  }, [session]);
  useEffect(() => {
    const values = live?.values;
    if (values === undefined) return;
    for (const { id, state, name } of model.tasks.values()) {
      // A thousand items would be read for a few pictures: only nodes are looked at, and a list of outputs is no picture.
      if (!isDone(state) || name.item !== undefined || name.undo || model.items.has(id)) continue;
      if (asked.current.has(id)) continue;
      if (asked.current.size >= 200) return;
      asked.current.add(id);
      const of = asked.current;
      values.output(id).then(
        (output) => {
          if (of !== asked.current || !isPicture(output)) return;
          setPictures((now) => [...now, { id, picture: output }].slice(0, picturesMax));
        },
        () => undefined,
      );
    }
  }, [live, model, model.version]);
  if (pictures.length === 0) return null;
  return (
    <section class="card" aria-labelledby="gallery-title">
      <h2 id="gallery-title">Pictures so far</h2>
      <ul class="gallery" data-testid="gallery">
        {pictures.map(({ id, picture }) => (
          <li key={id}>
            <button type="button" onClick={() => studio.select(id)}>
              <PictureView picture={picture} name={id} sideMax={160} />
              <span>{id}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
