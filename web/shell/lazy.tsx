import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Studio } from '../studio/studio.ts';
import { tell } from '../studio/tell.ts';

export type StudioView = ComponentType<{ readonly studio: Studio }>;

/** A view whose script is loaded when it is first looked at. */
export function Lazy({ load, studio }: { readonly load: () => Promise<StudioView>; readonly studio: Studio }) {
  const [View, setView] = useState<StudioView | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let isWanted = true;
    setView(null);
    load().then(
      (loaded) => isWanted && setView(() => loaded),
      (thrown) => setFailure(tell(thrown)),
    );
    return () => {
      isWanted = false;
    };
  }, [load]);
  if (failure !== '') return <p class="error">{failure}</p>;
  return View === null ? <p class="quiet">Loading.</p> : <View studio={studio} />;
}
