// What nobody sees yet is fetched when the browser has nothing else to do, so that a tab opened with the network cut
// still comes.
const SOON = 1000; // ms, however busy it is
const whenIdle = window.requestIdleCallback ?? setTimeout;

export function fetchLater() {
  whenIdle(() => {
    for (const name of JSON.parse(document.getElementById("later").textContent)) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: `widgets/${name}` }));
    }
  }, { timeout: SOON });
}
