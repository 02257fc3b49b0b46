import { DurableObject } from 'cloudflare:workers';

export interface TestEnv {
  readonly TEST_OBJECT: DurableObjectNamespace<TestObject>;
}

/** An empty object with real SQLite storage; tests work inside it (test/support/inside-object.ts). */
export class TestObject extends DurableObject<TestEnv> {}

export default {
  fetch: () => new Response('heddle test worker'),
} satisfies ExportedHandler<TestEnv>;
