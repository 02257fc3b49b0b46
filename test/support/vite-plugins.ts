import { createReadStream, readFileSync } from 'node:fs';
import type { Plugin } from 'vitest/config';
import { answerCall } from './call-server.ts';

/** `import text from './prompt.txt'` and `.yaml` as strings, as the build and wrangler.toml read them. */
export function textAssets(): Plugin {
  return {
    name: 'heddle:text-assets',
    enforce: 'pre',
    load(id) {
      return /\.(txt|yaml)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : undefined;
    },
  };
}

/** In a page the kernel lies beside the script that loads it; under vitest every such address leads to the built one. */
export function serveKernel(): Plugin {
  return {
    name: 'heddle:serve-kernel',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (!request.url?.split('?')[0]?.endsWith('/kernel.wasm')) return next();
        response.setHeader('content-type', 'application/wasm');
        createReadStream(new URL('../../dist/kernel.wasm', import.meta.url))
          .on('error', next)
          .pipe(response);
      });
    },
  };
}

/** Recorded workflows lie outside the repository, where a page cannot read them by path. */
export function serveRecordedWorkflows(): Plugin {
  return {
    name: 'heddle:serve-recorded-workflows',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const [, file] = /^\/recorded-workflows\/([\w.-]+\.json)(?:\?|$)/.exec(request.url ?? '') ?? [];
        if (file === undefined) return next();
        createReadStream(new URL(`../../../shared/data/wfinstances/${file}`, import.meta.url))
          .on('open', () => response.setHeader('content-type', 'application/json'))
          .on('error', next)
          .pipe(response);
      });
    },
  };
}

/** The server that modules call in the tests, on the origin of the page. */
export function serveCalls(): Plugin {
  return {
    name: 'heddle:serve-calls',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        if (request.url?.startsWith('/call-server/')) answerCall(request, response);
        else next();
      });
    },
  };
}
