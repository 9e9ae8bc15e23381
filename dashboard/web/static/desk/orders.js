// Orders: one tap, said at once, with a way back.
import { instant } from "./instant.js";
import { now, request as redraw } from "./link.js";
import { say } from "./words.js";

const SHOWN_MS = 15000;
const said = document.getElementById("said");

/** Buttons with data-order, and the dialogs of staffing and notices. */
export function takeOrders() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === null) return;
    if (button.dataset.order !== undefined) tap(button);
    if (button.classList.contains("staff")) staff(button);
    if (button.id === "new-notice") document.getElementById("notice").showModal();
    if (button.dataset.close !== undefined) button.closest("dialog").close();
  });
  for (const form of document.querySelectorAll("dialog form")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form);
    });
  }
  document.querySelector("#staffing [name=at]")?.addEventListener("input", (event) => {
    event.target.form.elements.when.value = "at";
  });
}

async function tap(button) {
  button.disabled = true;
  const done = await send(JSON.parse(button.dataset.order), button.dataset.done, button.dataset.undo);
  button.disabled = false;
  if (done) button.focus({ preventScroll: true });
}

/** Sends an order; true when it was taken. */
async function send(order, words, undo) {
  const why = await problem(order);
  if (why !== null) {
    toast(say("failed", { why }), true);
    return false;
  }
  toast(words, false, undo === undefined ? null : JSON.parse(undo));
  redraw();
  return true;
}

async function problem({ method, url, body }) {
  try {
    const reply = await fetch(url, {
      method,
      headers: { "Accept-Language": document.documentElement.lang, ...(body && { "Content-Type": "application/json" }) },
      body: body ? JSON.stringify(body) : undefined,
    });
    if (reply.ok) return null;
    const refusal = await reply.json().catch(() => ({}));
    return typeof refusal.detail === "string" ? refusal.detail : `${reply.status}`;
  } catch {
    return say("no_answer");
  }
}

function toast(text, bad, undo = null) {
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  const words = document.createElement("p");
  words.textContent = text;
  box.append(words);
  if (undo !== null) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = say("undo");
    button.addEventListener("click", async () => {
      box.remove();
      await send(undo, say("undone"));
    });
    box.append(button);
  }
  said.replaceChildren(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}

function staff(button) {
  const dialog = document.getElementById("staffing");
  const form = dialog.querySelector("form");
  form.reset();
  form.dataset.lane = button.dataset.lane;
  dialog.querySelector("[data-lane-name]").textContent = button.dataset.lane;
  const streams = button.dataset.streams.split(" ");
  for (const label of dialog.querySelectorAll("[data-stream]")) label.hidden = !streams.includes(label.dataset.stream);
  dialog.showModal();
}

async function submit(form) {
  const fields = new FormData(form);
  const lane = form.dataset.lane;
  const body = lane === undefined ? notice(fields) : staffing(fields, JSON.parse(form.dataset.offsets));
  const url = form.dataset.url.replace("{lane}", encodeURIComponent(lane ?? ""));
  const undo = lane === undefined ? url + (body.direction ? `?direction=${body.direction}` : "") : url;
  const words = form.dataset.done.replace("{lane}", lane ?? "");
  form.closest("dialog").close();
  await send({ method: "PUT", url, body }, words, JSON.stringify({ method: "DELETE", url: undo, body: null }));
}

function staffing(fields, offsets) {
  const serves = fields.getAll("serves");
  const at = fields.get("when") === "at" && fields.get("at") ? instant(fields.get("at"), offsets, now()) : null;
  return {
    state: fields.get("state"),
    ...(serves.length && { serves }),
    ...(at && { from: at }),
    for_min: Number(fields.get("for_min")),
    ...(fields.get("note") && { note: fields.get("note") }),
  };
}

function notice(fields) {
  const direction = fields.get("direction");
  return {
    en: fields.get("en"),
    fr: fields.get("fr"),
    ...(direction && { direction }),
    for_min: Number(fields.get("for_min")),
  };
}
