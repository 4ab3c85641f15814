// Everything that the page consists of is kept, under the version it has, so that it opens without a network. A new
// version replaces the old whole, when no page of the old is open any more.
const { version, files } = JSON.parse(decodeURIComponent("KEPT"));
const NAME = `page-${version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("page-") && name !== NAME);
  await Promise.all(others.map((name) => caches.delete(name)));
}

self.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET" || new URL(event.request.url).origin !== location.origin) return;
  event.respondWith(event.request.mode === "navigate" ? fresh(event.request) : kept(event.request));
});

/** The page itself is asked for first: it says which version there is. */
async function fresh(request) {
  return fetch(request).catch(async () => (await caches.match("./", { cacheName: NAME })) ?? Response.error());
}

async function kept(request) {
  return (await caches.match(request, { cacheName: NAME })) ?? fetch(request);
}
