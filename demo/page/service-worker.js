// What the page consists of is kept under the version it has, so that it opens without a network. A new version replaces
// the old whole, when no page of the old is open any more.
const { version, app, files } = JSON.parse(decodeURIComponent("KEPT"));
const { scope } = self.registration;
const NAME = `${scope} ${version}`;
const NAMED = ["files/", "vendor/", "graphs/", "facts/", "assets/"].map((folder) => scope + folder); // a version or digest is in their names
const FACTS = `${scope}live/`; // what a server tells with GET
const PAGES = [scope, `${scope}index.html`]; // and no file that somebody follows a link to
const KEPT = "X-Kept"; // of an answer that the server did not give now

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(files)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith(`${scope} `) && name !== NAME);
  await Promise.all(others.map((name) => caches.delete(name)));
}

/** A page tells what else it is made of, which the server cannot know: the parts of Gradio that it took. */
self.addEventListener("message", ({ data }) => {
  for (const address of data.app === app ? data.parts : []) named(new Request(address)).catch(() => {});
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(scope)) return;
  if (request.mode === "navigate") return void (PAGES.includes(request.url.split(/[?#]/)[0]) && event.respondWith(page(request)));
  if (NAMED.some((folder) => request.url.startsWith(folder))) event.respondWith(named(request));
  else if (request.url.startsWith(FACTS)) event.respondWith(fact(request));
  else if (request.headers.get("accept") !== "text/event-stream") event.respondWith(fresh(request));
});

const find = (request) => caches.match(request, { cacheName: NAME, ignoreVary: true });
const fresh = (request) => fetch(request).catch(async () => (await find(request)) ?? Response.error());

/** The page itself is asked for first: it says which version there is. */
async function page(request) {
  const answer = await fetch(request).catch(() => null);
  if (answer && answer.status < 500) return answer;
  return (await caches.match("./", { cacheName: NAME })) ?? answer ?? Response.error();
}

async function named(request) {
  return (await find(request)) ?? keep(request, await fetch(request));
}

async function fact(request) {
  const answer = await fetch(request).catch(() => null);
  if (answer) return answer.headers.get("X-Version") === app ? keep(request, answer) : answer;
  const found = await find(request);
  return found ? new Response(found.body, { headers: [...found.headers, [KEPT, "1"]] }) : Response.error();
}

async function keep(request, answer) {
  const cache = await caches.open(NAME);
  if (answer.ok) await cache.put(request, answer.clone()).catch(() => {}); // no room: it works without
  return answer;
}
