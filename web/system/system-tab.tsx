import { useEffect, useState } from 'preact/hooks';
import { EdgeClient } from '../source/edge-client.ts';
import { EdgeSource } from '../source/edge-source.ts';
import type { Studio } from '../studio/studio.ts';
import { tell } from '../studio/tell.ts';
import { HealthCard } from './health-card.tsx';
import { isSafeKey, storedEdge, storeEdge } from './stored-edge.ts';

/** Where programs run, and how that place is. */
export function SystemTab({ studio }: { readonly studio: Studio }) {
  return (
    <div class="cards">
      <ConnectCard studio={studio} />
      <HealthCard studio={studio} />
    </div>
  );
}

function ConnectCard({ studio }: { readonly studio: Studio }) {
  const [url, setUrl] = useState(() => storedEdge() ?? location.origin);
  const [key, setKey] = useState('');
  const [told, setTold] = useState('');
  const isEdge = studio.source.kind === 'edge';
  useEffect(() => setTold(''), [studio.source]);
  const connect = async (): Promise<void> => {
    const client = new EdgeClient(url, key);
    try {
      if (!isSafeKey(url, key)) throw new Error('a key is only sent over https, or to this machine');
      await client.get('/healthz');
      storeEdge(client.url);
      studio.connect(new EdgeSource(client));
    } catch (thrown) {
      setTold(tell(thrown));
    }
  };
  const curl = `curl -X POST ${url}/v1/executions -H 'content-type: application/json' -d @request.json`;
  return (
    <section class="card" aria-labelledby="connect-title">
      <h2 id="connect-title">Where programs run</h2>
      <p>
        {isEdge
          ? `At the edge: ${studio.source.label}`
          : 'In this page. They may run at an edge instead; the views are the same.'}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void connect();
        }}
      >
        <label>
          Address of the edge
          <input id="edge-url" type="url" required value={url} onInput={(event) => setUrl(event.currentTarget.value)} />
        </label>
        <label>
          Key, if it asks for one (not kept)
          <input
            type="password"
            autocomplete="off"
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <div class="buttons">
          <button id="connect" type="submit" class="primary">
            Connect
          </button>
          <button type="button" disabled={!isEdge} onClick={() => studio.connect(studio.page)}>
            Back to this page
          </button>
        </div>
      </form>
      <p class="notice" role="status" data-testid="connect-notice">
        {told}
      </p>
      <p class="quiet small">The same by hand:</p>
      <pre class="curl" tabIndex={0}>
        {curl}
      </pre>
    </section>
  );
}
