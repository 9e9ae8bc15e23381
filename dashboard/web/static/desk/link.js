// The live link: hears what changed, has the page drawn anew, and says in plain words when nothing comes.
import { morph } from "./morph.js";
import { ago, during, say } from "./words.js";

const BEAT_MS = 5000; // the server's; two missed beats are a loss
const LOST_MS = 2 * BEAT_MS + 1000;
const STALLED_S = 20;
const REFRESH_MS = 1000;
const RENEW_MS = 15000;
const RETRY_MS = 3000;

const bar = document.getElementById("link");
let source = null;
let offsetMs = Number(document.body.dataset.now) * 1000 - Date.now();
let boardAtMs = null;
let heardMs = Date.now();
let drawnMs = Date.now();
let wanted = null;
let drawing = false;
let state = "still";

export const now = () => Date.now() + offsetMs;

/** Keeps the page up to date; `drawn` is called after each change. */
export function follow(drawn = () => {}) {
  open();
  setInterval(() => tick(drawn), 1000);
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  // A page about the past has nothing but its head that changes; drawing it anew would cost a day's queries.
  if (document.querySelectorAll("[data-live]").length < 2 && !document.body.classList.contains("wall")) return;
  setInterval(() => request(drawn), RENEW_MS);
  for (const name of ["lane", "node", "stream", "central"]) listeners[name] = () => request(drawn);
  request(drawn);
}

const listeners = {
  beat: (event) => {
    const beat = JSON.parse(event.data);
    offsetMs = Date.parse(beat.at) - Date.now();
    boardAtMs = Date.parse(beat.board_at);
  },
  hello: () => {},
};

function open() {
  if (source !== null || document.hidden) return;
  source = new EventSource("/api/v1/stream?part=manager");
  source.onerror = () => {
    if (source !== null && source.readyState === EventSource.CLOSED) {
      close();
      setTimeout(open, RETRY_MS);
    }
  };
  for (const name of ["hello", "beat", "lane", "node", "stream", "central"]) {
    source.addEventListener(name, (event) => {
      heardMs = Date.now();
      listeners[name]?.(event);
    });
  }
}

function close() {
  source?.close();
  source = null;
}

/** Have the page drawn anew, at most once a REFRESH_MS. */
export function request(drawn = () => {}) {
  if (wanted !== null || document.hidden) return;
  wanted = setTimeout(() => draw(drawn), Math.max(0, REFRESH_MS - (Date.now() - drawnMs)));
}

async function draw(drawn) {
  wanted = null;
  if (drawing) return request(drawn);
  drawing = true;
  try {
    const reply = await fetch(location.href, { cache: "no-store", headers: { Accept: "text/html" } });
    if (reply.status === 401 || reply.status === 403 || reply.redirected) show("signed_out", say("link.signed_out"));
    if (reply.redirected) return;
    if (!reply.ok) throw new Error(`${reply.status}`);
    const fresh = new DOMParser().parseFromString(await reply.text(), "text/html");
    for (const live of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(live.id);
      if (next !== null) morph(live, next);
    }
    drawn();
  } catch (error) {
    console.warn("the page was not renewed", error.message);
  } finally {
    drawnMs = Date.now();
    drawing = false;
    ages();
  }
}

function tick() {
  ages();
  const silent = Date.now() - heardMs;
  const stalled = boardAtMs === null ? 0 : (now() - boardAtMs) / 1000;
  if (silent > LOST_MS || source === null) {
    if (state !== "signed_out") show("lost", say("link.lost", { age: during(silent / 1000) }));
  } else if (stalled > STALLED_S) {
    show("lost", say("link.stalled", { age: during(stalled) }));
  } else if (boardAtMs !== null) {
    show("live", say("link.live"));
  }
}

function show(next, text) {
  if (state === next && bar.textContent === text) return;
  bar.className = `link ${next === "signed_out" ? "lost" : next}`;
  bar.textContent = text;
  // A count that grows every second would be read out every second.
  bar.setAttribute("aria-live", state === next ? "off" : "polite");
  state = next;
}

function ages() {
  for (const time of document.querySelectorAll("time[data-at]")) {
    const text = ago(now() / 1000 - Number(time.dataset.at));
    if (time.textContent !== text) time.textContent = text;
  }
  for (const one of document.querySelectorAll("[data-until]")) {
    one.classList.toggle("expired", now() / 1000 > Number(one.dataset.until));
  }
}
