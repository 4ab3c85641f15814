// What nobody sees yet is fetched when the browser has nothing else to do, so that a tab opened with the network cut
// still comes.
const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 500));

export function fetchLater() {
  whenIdle(() => {
    for (const name of JSON.parse(document.getElementById("later").textContent)) {
      document.head.append(Object.assign(document.createElement("link"), { rel: "modulepreload", href: `widgets/${name}` }));
    }
  });
}
