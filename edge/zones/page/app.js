// Puts the page together.

import * as api from "./api.js";
import { Canvas } from "./canvas.js";
import { Film } from "./film.js";
import { element } from "./element.js";
import { Panel } from "./panel.js";
import { Store } from "./store.js";

const CHECK_AFTER_MS = 120;
const by = (id) => document.getElementById(id);

const store = new Store();
const canvas = new Canvas(by("picture"), store, { hint: (text) => { by("hint").textContent = text; }, cursor });
const film = new Film(
  { play: by("play"), back: by("back"), next: by("next"), scrub: by("scrub"), clock: by("clock"), boxes: by("boxes") },
  canvas, store, (text) => { by("trouble").textContent = text; }, () => { if (!film.playing) panel.sign.look(); },
);
const panel = new Panel({ lanes: by("lanes"), add: by("add-lane"), lane: by("lane"), said: by("said") }, store, canvas);
let digest = null;
let sound = false;
let pending = null;
let asked = 0;

function cursor(at) {
  const output = by("cursor");
  if (!at) { output.replaceChildren(); return; }
  const metres = canvas.road()?.metres(at);
  const place = `${Math.round(at[0])}, ${Math.round(at[1])} px`;
  output.replaceChildren(...(metres ? [element("b", {}, `${metres[1].toFixed(1)} m`), ` up, ${metres[0].toFixed(1)} m across`] : [place]));
}

store.listen((changed) => {
  canvas.draw();
  panel.draw();
  by("camera").value = store.camera;
  by("facing").value = store.shown?.facing ?? "away";
  by("keep-view").checked = store.shown?.keep_view ?? false;
  by("undo").disabled = !store.past.length;
  by("redo").disabled = !store.future.length;
  if (changed) {
    sound = false;
    asked += 1; // what is still to be answered is about a drawing that is no more
    clearTimeout(pending);
    pending = setTimeout(check, CHECK_AFTER_MS);
  }
  allow();
});

function allow() { by("save").disabled = !(sound && store.dirty && !canvas.draft); }

async function check() {
  const turn = asked += 1;
  try {
    const { faults, remarks } = await api.check(store.cameras);
    if (turn !== asked) return;
    canvas.wrong = new Map();
    for (const { lane, figure } of faults) {
      if (lane) canvas.wrong.set(lane, (canvas.wrong.get(lane) ?? new Set()).add(figure));
    }
    canvas.draw();
    panel.tell(faults, remarks);
    sound = faults.length === 0;
  } catch (error) {
    panel.tell([{ said: error.message }], []);
  }
  allow();
}

async function load() {
  const state = await api.state();
  digest = state.digest;
  by("file").textContent = `${state.file.split("/").pop()}, node ${state.node} of ${state.port}`;
  by("file").title = state.file;
  by("camera").replaceChildren(...state.cameras.map(({ id }) => element("option", { value: id }, id)));
  store.load(state.cameras, store.camera ?? state.first);
  store.tell(true);
}

async function review() {
  try {
    const { diff } = await api.diff(store.cameras);
    by("diff").replaceChildren(...diff.split("\n").map((line) => element("span", { class: kindOf(line) }, `${line}\n`)));
    by("review-said").textContent = diff ? "The former file is kept beside it." : "Nothing changes.";
    by("write").disabled = !diff;
    by("review").showModal();
  } catch (error) { trouble(error); }
}

function kindOf(line) {
  if (line.startsWith("@@") || line.startsWith("---") || line.startsWith("+++")) return "at";
  return line.startsWith("+") ? "plus" : line.startsWith("-") ? "minus" : "same";
}

async function write() {
  try {
    const { backup, left } = await api.save(store.cameras, digest);
    await load();
    by("hint").textContent = [`Saved. The former file is ${backup}`, ...left].join(". But: ");
    if (!left.length) setTimeout(() => canvas.hint(), 6000);
  } catch (error) { trouble(error); }
}

function trouble(error) { panel.tell([{ said: error.message }], []); }

function keys(event) {
  if (event.target.closest("input, select, textarea, dialog")) return;
  const control = event.ctrlKey || event.metaKey;
  const acts = {
    z: control && (() => (event.shiftKey ? store.redo() : store.undo())), y: control && (() => store.redo()),
    "+": !control && (() => canvas.zoom(1.4)), "-": !control && (() => canvas.zoom(1 / 1.4)), 0: !control && (() => canvas.fit()),
    b: !control && (() => film.toggleBoxes()), ",": !control && (() => film.step(-1)), ".": !control && (() => film.step(1)),
    escape: !control && canvas.draft && (() => canvas.cancel()),
  };
  const act = acts[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

by("camera").addEventListener("change", (event) => {
  film.stop();
  canvas.cancel();
  canvas.measure = null;
  store.chooseCamera(event.target.value);
  film.show(0);
});
by("facing").addEventListener("change", (event) => store.change(({ shown }) => { shown.facing = event.target.value; }));
by("keep-view").addEventListener("change", (event) => store.change(({ shown }) => { shown.keep_view = event.target.checked; }));
by("undo").addEventListener("click", () => store.undo());
by("redo").addEventListener("click", () => store.redo());
by("zoom-in").addEventListener("click", () => canvas.zoom(1.4));
by("zoom-out").addEventListener("click", () => canvas.zoom(1 / 1.4));
by("zoom-fit").addEventListener("click", () => canvas.fit());
by("save").addEventListener("click", review);
by("review").addEventListener("close", (event) => { if (event.target.returnValue === "yes") write(); event.target.returnValue = ""; });
document.addEventListener("keydown", keys);
window.addEventListener("beforeunload", (event) => { if (store.dirty) event.preventDefault(); });

try {
  await load();
  await film.show(0);
  store.tell(true);
} catch (error) { by("trouble").textContent = error.message; }
