// Makes the page work without a network after the first visit. It answers for the files of the build and for nothing
// else, and asks for nothing but them: it is not under the page's Content-Security-Policy, so it must keep to this itself.

/** The name of the cache changes with any file. Put in place by scripts/vite/service-worker.ts. */
declare const __CAPSIFT_FILES__: { readonly cache: string; readonly files: readonly string[] };

/** The part of ServiceWorkerGlobalScope that is used here; the DOM's types leave it out. */
interface Scope {
  readonly registration: { readonly scope: string };
  skipWaiting(): Promise<void>;
  readonly clients: { claim(): Promise<void> };
  addEventListener(type: 'install' | 'activate', listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(type: 'fetch', listener: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void): void;
}

const scope = self as unknown as Scope;
const { cache: CACHE, files } = __CAPSIFT_FILES__;
const page = new URL('index.html', scope.registration.scope).href;
const own = new Set(files.map((file) => new URL(file, scope.registration.scope).href));

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll([...own].map((url) => new Request(url, { cache: 'reload' })));
  await scope.skipWaiting();
}

/** Caches of builds before the last one go; the last one stays for pages that are still open with it. */
async function tidy(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith('capsift-') && name !== CACHE);
  await Promise.all(names.slice(0, -1).map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** Names of the files carry their hash, so what is kept never grows old. */
async function kept(url: string): Promise<Response> {
  return (await caches.match(url)) ?? fetch(url);
}

/** The page itself has no hash in its name: the network's version when there is one, so that an update is seen at once. */
async function freshPage(): Promise<Response> {
  try {
    const response = await fetch(page, { cache: 'no-cache' });
    if (response.ok) return response;
  } catch {
    // no network: that is what the cache is for
  }
  const cache = await caches.open(CACHE);
  return (await cache.match(page)) ?? Response.error();
}

scope.addEventListener('install', (event) => event.waitUntil(keepAll()));
scope.addEventListener('activate', (event) => event.waitUntil(tidy()));
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const url = request.url.replace(/[?#].*$/, '');
  if (url === page || url === scope.registration.scope) event.respondWith(freshPage());
  else if (own.has(url)) event.respondWith(kept(url));
});

export {};
