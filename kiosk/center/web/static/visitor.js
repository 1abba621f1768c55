"use strict";
// Keeps the page of a ticket up to date. Without it the page asks for itself anew every 20 seconds.
(() => {
  const EVERY = 20000;
  const live = document.getElementById("live");
  const again = document.getElementById("again");
  let source = null;

  // Only what has changed is put in: what somebody touches, or has read aloud, stays.
  function show(html, mark) {
    const parts = new DOMParser().parseFromString(html, "text/html").body.children;
    for (const part of Array.from(parts)) {
      const old = document.getElementById(part.id);
      if (old && !old.isEqualNode(part)) update(old, part);
    }
    live.dataset.seen = mark;
  }

  // A region that is read aloud must stay itself when its words change.
  function update(old, part) {
    old.className = part.className;
    const status = old.querySelector("[role=status]");
    const next = part.querySelector("[role=status]");
    if (status && next) {
      if (!status.isEqualNode(next)) status.replaceChildren(...next.childNodes);
      next.replaceWith(status);
    }
    old.replaceChildren(...part.childNodes);
  }

  function listen() {
    if (source) source.close();
    const address = new URL(live.dataset.live, location.href);
    address.searchParams.set("seen", live.dataset.seen);
    source = new EventSource(address);
    source.addEventListener("changed", (event) => show(JSON.parse(event.data), event.lastEventId));
    source.addEventListener("over", () => location.reload());
    source.addEventListener("error", () => {
      // A connection that broke opens again by itself; one that was refused does not.
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, EVERY);
    });
  }

  async function look() {
    try {
      const answer = await fetch(location.href, { cache: "no-store" });
      if (answer.ok) location.reload();
    } catch {
      // No network just now.
    }
  }

  if (live) {
    listen();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") listen();
    });
    window.addEventListener("pagehide", () => source && source.close());
    window.addEventListener("pageshow", (event) => event.persisted && listen());
  }
  if (again) setInterval(look, EVERY);
})();
