import { useEffect, useMemo, useRef } from 'preact/hooks';
import { criticalOf } from '../model/critical.ts';
import { ZoomButtons } from '../shell/zoom-buttons.tsx';
import type { Studio } from '../studio/studio.ts';
import { GraphStage } from './graph-stage.ts';

/** The graph of the program, lighting up: by pointer and by keyboard, and told in words as it is walked. */
export function GraphView({ studio }: { readonly studio: Studio }) {
  const holder = useRef<HTMLDivElement>(null);
  const stage = useRef<GraphStage | null>(null);
  const { plan, model } = studio.session;
  useEffect(() => {
    const made = new GraphStage(holder.current as HTMLDivElement, (id) => studio.select(id));
    stage.current = made;
    return () => made.close();
  }, [studio]);
  const critical = useMemo(() => criticalOf(studio.session), [studio.session, model.version]);
  useEffect(() => stage.current?.show(plan, model, critical, studio.selected));
  return (
    <section class="card" aria-labelledby="graph-title">
      <div class="head">
        <h2 id="graph-title">Graph</h2>
        <div class="tools">
          <ZoomButtons of="graph" onZoom={(what) => stage.current?.act(what)} />
        </div>
      </div>
      <div
        ref={holder}
        id="graph"
        class="graph"
        tabIndex={0}
        role="application"
        aria-label={`graph of the program, ${plan?.nodes.length ?? 0} nodes`}
        aria-describedby="graph-keys"
      />
      {plan === null ? (
        <p class="quiet">There is no picture: the source does not tell the program, or it is not valid.</p>
      ) : null}
      <p id="graph-keys" class="quiet small">
        Arrow keys walk along the edges, <kbd>+</kbd> <kbd>−</kbd> zoom, <kbd>f</kbd> fits all in, Shift and arrows or
        the pointer move.
      </p>
    </section>
  );
}
