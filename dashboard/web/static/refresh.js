// Replaces <main> by a fresh copy from the same address; says so and dims the figures when that fails.
"use strict";

const main = document.querySelector("main[data-every-s]");
const refreshMs = Number(main.dataset.everyS) * 1000;
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
  old.classList.toggle("withdrawn", Date.now() - freshAt > Number(old.dataset.validS) * 1000);
}

async function refresh() {
  if (document.hidden) return;
  try {
    const reply = await fetch(location.pathname + location.search, { cache: "no-store" });
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
