// Replaces <main> by a fresh copy from the same address; says so and dims the figures when that fails.
"use strict";

const main = document.querySelector("main[data-every-s]");
const refreshMs = Number(main.dataset.everyS) * 1000;
const answerMs = 15_000;
let freshAt = Date.now();

function sayLost() {
  const old = document.querySelector("main");
  if (old.querySelector(".lost") === null) {
    const banner = document.createElement("p");
    banner.className = "trouble lost";
    banner.setAttribute("role", "status");
    banner.textContent = old.dataset.lost;
    old.prepend(banner);
  }
}

// A page that slept, or waits for an answer, must not show what is too old meanwhile.
function withdrawOld() {
  const old = document.querySelector("main");
  old.classList.toggle("withdrawn", Date.now() - freshAt > Number(old.dataset.validS) * 1000);
}

function inTime() {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), answerMs);
  return stop.signal;
}

async function refresh() {
  if (document.hidden) return;
  withdrawOld();
  try {
    const here = location.pathname + location.search;
    const reply = await fetch(here, { cache: "no-store", signal: inTime() });
    if (!reply.ok) throw new Error(reply.statusText);
    const next = new DOMParser().parseFromString(await reply.text(), "text/html");
    document.querySelector("main").replaceWith(document.adoptNode(next.querySelector("main")));
    document.title = next.title;
    freshAt = Date.now();
  } catch (error) {
    console.warn(error);
    sayLost();
  }
}

setInterval(refresh, refreshMs);
document.addEventListener("visibilitychange", refresh);
