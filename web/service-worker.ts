/** The files of the page, and a name for exactly these; put in when the page is built. */
declare const PAGE: { readonly version: string; readonly files: readonly string[] };

/** As much of a ServiceWorkerGlobalScope as is used: the types of pages and of service workers exclude each other. */
interface Scope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
}

interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}

interface Fetching {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

const scope = self as unknown as Scope;
const cacheName = `heddle-page-${PAGE.version}`;
const known: ReadonlySet<string> = new Set(PAGE.files.map((file) => new URL(file, scope.registration.scope).href));

/** All or nothing: a version is either whole or not used. */
scope.addEventListener('install', (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll([...known])));
});

/** By now no tab shows an older version. */
scope.addEventListener('activate', (event) => {
  const others = caches
    .keys()
    .then((names) => names.filter((name) => name.startsWith('heddle-page-') && name !== cacheName));
  event.waitUntil(
    others.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => scope.clients.claim()),
  );
});

/** Only what belongs to the page: an API at the same origin is never answered from here. */
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  const isPage = request.mode === 'navigate' && url.href.split(/[?#]/)[0] === scope.registration.scope;
  const wanted = isPage ? scope.registration.scope : url.href;
  if (request.method !== 'GET' || !known.has(wanted)) return;
  event.respondWith(
    caches
      .open(cacheName)
      .then((cache) => cache.match(wanted))
      .then((found) => found ?? fetch(request)),
  );
});
