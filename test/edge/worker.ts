import { DurableObject } from 'cloudflare:workers';

declare global {
  namespace Cloudflare {
    interface Env {
      readonly TEST_OBJECT: DurableObjectNamespace<TestObject>;
    }
  }
}

/** An empty object with real SQLite storage; tests work inside it (inside-object.ts). */
export class TestObject extends DurableObject<Cloudflare.Env> {}

export default {
  fetch: () => new Response('heddle test worker'),
} satisfies ExportedHandler<Cloudflare.Env>;
