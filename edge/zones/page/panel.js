// The column on the right: lanes, what belongs to the chosen one, and what the checks say.

import { element } from "./element.js";
import { distance } from "./geometry.js";
import { SignPart } from "./sign.js";
import { freeId, newLane } from "./store.js";

const TITLES = { tail: "Tail line", booth: "Booth line", area: "Area", ground: "Ground points", sign: "Lane sign" };
const ABOUT = {
  tail: "Counts arrivals: across the lane where the measured stretch begins.",
  booth: "Counts departures: across the lane behind the place of inspection.",
  area: "Where vehicles are in view: round the lane between the two lines.",
  ground: "Four points of the road and their metres: queue lengths need them.",
  sign: "The sign that says whom the lane serves.",
};
const ANCHORS = [["bottom", "bottom of the vehicle"], ["center", "middle of the vehicle"]];

const button = (text, onclick, more = {}) => element("button", { class: "small", onclick, ...more }, text);

function select(id, label, options, value, act) {
  const chooser = element("select", { id, onchange: (event) => act(event.target.value) },
    ...options.map(([key, text]) => element("option", { value: key, selected: key === value }, text)));
  return element("label", {}, label, chooser);
}

function number(id, label, value, act, step = "0.1") {
  return element("input", {
    id, type: "number", step, value, "aria-label": label,
    onchange: (event) => { if (Number.isFinite(event.target.valueAsNumber)) act(event.target.valueAsNumber); },
  });
}

export class Panel {
  constructor({ lanes, add, lane, said }, store, canvas) {
    Object.assign(this, { lanes, lane, said, store, canvas, sign: new SignPart(store) });
    add.addEventListener("click", () => this.add());
  }

  add() {
    this.store.change((store) => {
      store.shown.lanes.push(newLane(freeId(store.cameras)));
      store.lane = store.shown.lanes.length - 1;
      store.figure = null;
    });
  }

  draw() {
    const focus = document.activeElement?.id || null;
    const { store } = this;
    this.lanes.replaceChildren(...store.lanes.map((lane, index) => element("li", {},
      element("button", { id: `lane-${index}`, "aria-pressed": index === store.lane, onclick: () => this.choose(index) },
        element("b", {}, lane.id), element("small", {}, this.summary(lane))))));
    this.lane.hidden = !store.current;
    this.renew(element("section", {}, ...(store.current ? this.inspector(store.current) : [])));
    if (focus && document.activeElement?.id !== focus) document.getElementById(focus)?.focus({ preventScroll: true });
  }

  /** Put the chosen lane's part in place; where only values differ, fields stay, so that none loses focus. */
  renew(made) {
    const skeleton = made.innerHTML.replace(/ (value="[^"]*"|selected=""|checked="")/g, "").replace(/>Lane [^<]*</, "><");
    if (skeleton !== this.skeleton) {
      this.skeleton = skeleton;
      this.lane.replaceChildren(...made.children);
      return;
    }
    for (const fresh of made.querySelectorAll("input[id], select[id]")) {
      const field = document.getElementById(fresh.id);
      if (field === document.activeElement && field.type !== "checkbox") continue;
      field.value = fresh.value;
      field.checked = fresh.checked;
    }
    const title = made.querySelector("h2");
    if (title) this.lane.querySelector("h2").textContent = title.textContent;
  }

  choose(index) {
    this.canvas.cancel();
    this.canvas.measure = null;
    this.store.chooseLane(index);
  }

  summary(lane) {
    const drawn = Object.keys(TITLES).filter((name) => lane[name]);
    return drawn.length ? drawn.join(", ") : "nothing drawn";
  }

  inspector(lane) {
    const { store } = this;
    const set = (key) => (value) => store.change(({ current }) => { current[key] = value; });
    return [
      element("h2", { id: "lane-title" }, `Lane ${lane.id}`),
      element("div", { class: "row" },
        element("label", {}, "Id", element("input", {
          id: "lane-id", type: "text", value: lane.id, maxlength: 32, spellcheck: "false", autocomplete: "off",
          onchange: (event) => set("id")(event.target.value.trim()),
        })),
        select("lane-kind", "Kind", [["booth", "ends at a booth"], ["approach", "approach road"]], lane.kind, set("kind"))),
      element("label", { class: "check" },
        element("input", { id: "lane-signal", type: "checkbox", checked: lane.signal, onchange: (event) => set("signal")(event.target.checked) }),
        "Vehicles also stop here for a traffic light"),
      ...Object.keys(TITLES).map((figure) => this.figure(lane, figure)),
      element("div", { class: "figure" }, button("Remove this lane", () => this.remove(), { class: "small danger", id: "remove-lane" })),
    ];
  }

  remove() {
    this.store.change((store) => {
      store.shown.lanes.splice(store.lane, 1);
      store.lane = store.shown.lanes.length ? 0 : null;
      store.figure = null;
    });
  }

  figure(lane, figure) {
    const there = Boolean(lane[figure]);
    const title = TITLES[figure];
    const buttons = [button(there ? "Redraw" : "Draw", () => this.canvas.start(figure), { id: `draw-${figure}`, "aria-label": `${there ? "Redraw" : "Draw"}: ${title}` })];
    if (there && (figure === "tail" || figure === "booth")) {
      buttons.unshift(button("Turn", () => this.turn(figure), { id: `turn-${figure}`, "aria-label": `Turn: ${title}`, title: "Count the other way" }));
    }
    if (there) {
      buttons.push(button("Remove", () => this.store.change(({ current }) => { current[figure] = null; }), { class: "small danger", id: `remove-${figure}`, "aria-label": `Remove: ${title}` }));
    }
    const parts = element("div", { class: `figure ${figure}${this.store.figure === figure ? " on" : ""}` },
      element("header", {}, element("h3", {}, title), ...buttons));
    if (!there) parts.append(element("p", {}, ABOUT[figure]));
    else parts.append(...this.details(lane, figure));
    return parts;
  }

  details(lane, figure) {
    const { store } = this;
    if (figure === "area") {
      return [element("div", { class: "field parts" }, select("area-anchor", "In it when inside is the", ANCHORS, lane.area_anchor,
        (value) => store.change(({ current }) => { current.area_anchor = value; })))];
    }
    if (figure === "tail" || figure === "booth") {
      return [element("div", { class: "field parts" }, select(`${figure}-anchor`, "Counts when over it is the", ANCHORS, lane[figure].anchor,
        (value) => store.change(({ current }) => { current[figure].anchor = value; })))];
    }
    return figure === "ground" ? this.metres(lane) : this.sign.elements();
  }

  turn(figure) {
    const { line, toward } = this.store.current[figure];
    const [w, h] = this.canvas.size;
    const [a, b, t] = [...line, toward].map(([x, y]) => [x * w, y * h]);
    const length = distance(a, b) || 1;
    const normal = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
    const off = (t[0] - a[0]) * normal[0] + (t[1] - a[1]) * normal[1];
    const other = this.canvas.fraction([t[0] - 2 * off * normal[0], t[1] - 2 * off * normal[1]]);
    this.store.change(({ current }) => { current[figure].toward = other; });
  }

  metres(lane) {
    const rows = lane.ground.metres.map((point, index) => element("tr", {},
      element("th", { scope: "row" }, `Point ${index + 1}`),
      ...["across", "up the lane"].map((way, axis) => element("td", {}, number(
        `metres-${index}-${axis}`, `Point ${index + 1}, metres ${way}`, point[axis],
        (value) => this.store.change(({ current }) => { current.ground.metres[index][axis] = value; }),
      )))));
    const head = element("tr", {}, element("th", {}, "Metres"), element("th", { scope: "col" }, "across"), element("th", { scope: "col" }, "up the lane"));
    return [
      element("p", {}, "0 m up the lane is the booth line."),
      element("div", { class: "parts" }, element("table", { class: "metres" }, element("thead", {}, head), element("tbody", {}, ...rows))),
      element("header", { class: "parts" }, button("Measure a length", () => this.canvas.start("measure"), { id: "measure" }), element("span", {}, this.measured())),
    ];
  }

  /** The length that was measured, and a field for what it really is. */
  measured() {
    const plane = this.canvas.road();
    if (!this.canvas.measure || !plane) return "";
    const [a, b] = this.canvas.measure.map(this.canvas.view.toPixel).map(plane.metres);
    if (!a || !b) return "beyond the horizon";
    const found = distance(a, b);
    const said = element("output", { id: "measured" }, `${found.toFixed(2)} m`);
    const real = number("real", "What it really is, in metres", "", (value) => {
      const off = (100 * (found - value)) / value;
      said.textContent = `${found.toFixed(2)} m, ${off >= 0 ? "+" : "−"}${Math.abs(off).toFixed(0)} %`;
    });
    real.setAttribute("placeholder", "really m");
    return element("span", { class: "row" }, said, real);
  }

  /** Faults and remarks, each a button that leads to what it is about. */
  tell(faults, remarks) {
    const line = (kind) => (each) => element("li", { class: kind },
      element("button", { onclick: () => this.go(each) }, `${this.place(each)}${each.said}`));
    const all = [...faults.map(line("bad")), ...remarks.map(line("warn"))];
    this.said.replaceChildren(...(all.length ? all : [element("li", { class: "fine" }, "Nothing to complain of.")]));
  }

  place({ camera, lane, figure }) {
    const words = [];
    if (camera && camera !== this.store.camera) words.push(`camera ${camera}`);
    if (lane) words.push(`lane ${lane}`);
    if (figure && figure !== "lane") words.push(figure);
    return words.length ? `${words.join(", ")}: ` : "";
  }

  go({ camera, lane, figure }) {
    if (camera && camera !== this.store.camera) return;
    const index = this.store.lanes.findIndex((each) => each.id === lane);
    if (index >= 0) this.store.chooseLane(index, figure, 0);
  }
}
