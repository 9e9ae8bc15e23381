// The picture: drawing, dragging, keys, zoom.

import { beside, distance } from "./geometry.js";
import { drawBoxes, drawDraft, drawLane, drawMeasure, handles, node, road } from "./draw.js";
import { Store } from "./store.js";

const NEEDED = { tail: 2, booth: 2, ground: 4, sign: 2, measure: 2 };
const CLOSE_PX = 14;
const MOST_ZOOM = 12;
const GROUND = ["near the camera, left side", "near the camera, right side", "far away, right side", "far away, left side"];
const HINTS = {
  tail: ["Tail line: click its first end", "Tail line: click its second end"],
  booth: ["Booth line: click its first end", "Booth line: click its second end"],
  sign: ["Sign: click one corner of it", "Sign: click the opposite corner"],
  measure: ["Measure: click one end of a known length on the road", "Measure: click the other end"],
  ground: GROUND.map((where) => `Ground: click the road at the lane's edge, ${where}`),
};
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Canvas {
  constructor(svg, store, tell) {
    this.svg = svg;
    this.store = store;
    this.tell = tell; // {hint(text), cursor(point)}
    this.size = [1280, 720];
    this.box = [0, 0, 1280, 720];
    this.boxes = [];
    this.wrong = new Map();
    this.draft = null;
    this.measure = null;
    this.drag = null;
    this.pointers = new Map();
    this.image = node("image", { x: 0, y: 0, preserveAspectRatio: "none" });
    this.layers = node("g");
    svg.append(this.image, this.layers);
    svg.addEventListener("pointerdown", (event) => this.down(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    for (const name of ["pointerup", "pointercancel"]) svg.addEventListener(name, (event) => this.up(event));
    svg.addEventListener("pointerleave", () => tell.cursor(null));
    svg.addEventListener("focusin", (event) => this.focused(event));
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, this.at(event));
    }, { passive: false });
    new ResizeObserver(() => this.draw()).observe(svg);
  }

  show(url, width, height) {
    this.image.setAttribute("href", url);
    if (width === this.size[0] && height === this.size[1]) return;
    this.size = [width, height];
    this.image.setAttribute("width", width);
    this.image.setAttribute("height", height);
    this.fit();
  }

  fit() { this.look([0, 0, ...this.size]); }

  /** Zoom by a factor about a point in picture pixels. */
  zoom(factor, about = [this.box[0] + this.box[2] / 2, this.box[1] + this.box[3] / 2]) {
    const [x, y, w, h] = this.box;
    const width = Math.min(this.size[0], Math.max(this.size[0] / MOST_ZOOM, w / factor));
    const share = width / w;
    this.look([about[0] - (about[0] - x) * share, about[1] - (about[1] - y) * share, width, h * share]);
  }

  look([x, y, w, h]) {
    const clamp = (value, most) => Math.min(Math.max(value, 0), Math.max(0, most));
    this.box = [clamp(x, this.size[0] - w), clamp(y, this.size[1] - h), w, h];
    this.svg.setAttribute("viewBox", this.box.join(" "));
    this.svg.classList.toggle("zoomed", w < this.size[0] - 1);
    this.draw();
  }

  get scale() { return this.svg.getScreenCTM()?.a || 1; }
  get view() {
    const [w, h] = this.size;
    return { size: this.size, scale: this.scale, toPixel: ([x, y]) => [x * w, y * h] };
  }

  /** Where an event is, in picture pixels. */
  at(event) {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [point.x, point.y];
  }

  fraction([x, y]) {
    return [x / this.size[0], y / this.size[1]].map((value) => Math.min(1, Math.max(0, Math.round(value * 1e5) / 1e5)));
  }

  road() { return road(this.store.current, this.size); }

  draw() {
    const focused = this.svg.contains(document.activeElement) ? document.activeElement.dataset : null;
    const view = this.view;
    const { lanes, lane: chosen, current } = this.store;
    const made = lanes.map((lane, index) => drawLane(lane, {
      ...view, index, on: index === chosen, wrong: this.wrong.get(lane.id) ?? new Set(),
    }));
    if (chosen !== null && made[chosen]) made.push(made.splice(chosen, 1)[0]);
    made.unshift(...drawBoxes(this.boxes, view));
    const plane = this.road();
    if (this.measure && plane) made.push(drawMeasure(this.measure, plane, view));
    if (this.draft) made.push(drawDraft(this.draft, view));
    else if (current) made.push(...handles(current, this.store, view));
    this.layers.replaceChildren(...made);
    if (focused?.figure) this.handleOf(focused.figure, focused.point)?.focus({ preventScroll: true });
  }

  handleOf(figure, point) {
    return this.layers.querySelector(`[data-figure="${figure}"][data-point="${point}"]`);
  }

  start(figure) {
    this.draft = { figure, points: [], cursor: null };
    if (figure === "measure") this.measure = null;
    this.svg.classList.add("drawing");
    this.hint();
    this.draw();
    this.svg.focus({ preventScroll: true });
  }

  cancel() {
    this.draft = null;
    this.svg.classList.remove("drawing");
    this.hint();
    this.draw();
  }

  hint() {
    const draft = this.draft;
    if (!draft) return this.tell.hint("");
    if (draft.figure !== "area") return this.tell.hint(`${HINTS[draft.figure][draft.points.length]} (Esc leaves)`);
    return this.tell.hint(draft.points.length < 3
      ? "Area: click the corners one after the other round the lane (Esc leaves)"
      : "Area: click on, or close it with Enter or a click on the first corner");
  }

  place(point) {
    const draft = this.draft;
    const closes = draft.figure === "area" && draft.points.length >= 3
      && distance(this.view.toPixel(draft.points[0]), this.view.toPixel(point)) * this.scale < CLOSE_PX;
    if (!closes) draft.points.push(point);
    if (closes || draft.points.length === NEEDED[draft.figure]) this.finish();
    else { this.hint(); this.draw(); }
  }

  finish() {
    const { figure, points } = this.draft;
    if (figure === "measure") this.measure = points;
    else this.store.change(({ current }) => { current[figure] = this.made(figure, points); current.area_anchor ??= "bottom"; });
    this.cancel();
    if (figure !== "measure") {
      this.store.chooseLane(this.store.lane, figure, 0);
      this.handleOf(figure, 0)?.focus({ preventScroll: true });
    } else this.store.tell(false);
  }

  made(figure, points) {
    const toward = this.store.shown.facing === "toward";
    if (figure === "area" || figure === "sign") return points;
    if (figure === "ground") {
      const [near, far] = toward ? [0, 30] : [30, 0];
      return { image: points, metres: [[0, near], [3.5, near], [3.5, far], [0, far]] };
    }
    const [a, b] = points.map(this.view.toPixel);
    const tip = beside(a, b, this.size[1] * 0.09, [0, toward ? 1 : -1]);
    return { line: points, toward: this.fraction(tip), anchor: "bottom" };
  }

  down(event) {
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    this.svg.setPointerCapture(event.pointerId);
    if (this.pointers.size === 2) { this.drag = { pinch: this.spread() }; return; }
    if (event.button !== 0) return;
    if (this.draft) { this.place(this.fraction(this.at(event))); event.preventDefault(); return; }
    const target = event.target.closest("[data-figure], [data-insert], [data-pick]");
    const data = target?.dataset ?? {};
    if (data.figure) this.take(data.figure, Number(data.point));
    else if (data.insert !== undefined) this.insert(Number(data.insert), this.fraction(this.at(event)));
    else if (data.pick) this.store.chooseLane(Number(target.closest("[data-lane]").dataset.lane), data.pick);
    else this.drag = { pan: [event.clientX, event.clientY], box: this.box };
    event.preventDefault();
  }

  take(figure, point) {
    this.drag = { figure, point, group: `drag ${performance.now()}` };
    this.store.chooseLane(this.store.lane, figure, point);
    this.handleOf(figure, point)?.focus({ preventScroll: true });
  }

  insert(after, point) {
    this.store.change(({ current }) => current.area.splice(after + 1, 0, point));
    this.take("area", after + 1);
  }

  move(event) {
    const at = this.at(event);
    this.tell.cursor(at);
    if (this.pointers.has(event.pointerId)) this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (this.draft) { this.draft.cursor = this.fraction(at); this.draw(); return; }
    if (!this.drag) return;
    if (this.drag.pinch) {
      const spread = this.spread();
      if (spread) { this.zoom(spread / this.drag.pinch, at); this.drag.pinch = spread; }
    } else if (this.drag.figure) {
      this.store.movePoint(this.drag.figure, this.drag.point, this.fraction(at), this.drag.group);
    } else {
      const { pan, box } = this.drag;
      this.look([box[0] - (event.clientX - pan[0]) / this.scale, box[1] - (event.clientY - pan[1]) / this.scale, box[2], box[3]]);
    }
  }

  up(event) {
    this.pointers.delete(event.pointerId);
    this.drag = null;
    this.store.rest();
  }

  spread() {
    const [a, b] = [...this.pointers.values()];
    return a && b ? distance(a, b) : null;
  }

  focused(event) {
    const data = event.target.dataset ?? {};
    if (!data.figure || (this.store.figure === data.figure && this.store.point === Number(data.point))) return;
    this.store.chooseLane(this.store.lane, data.figure, Number(data.point));
  }

  key(event) {
    if (this.draft) { this.draftKey(event); return; }
    const { figure, point } = event.target.dataset ?? {};
    if (!figure) return;
    const index = Number(point);
    if (KEYS[event.key]) {
      const step = event.shiftKey ? 10 : 1;
      const [x, y] = Store.points(this.store.current, figure)[index];
      const [dx, dy] = KEYS[event.key];
      this.store.movePoint(figure, index, [x + (dx * step) / this.size[0], y + (dy * step) / this.size[1]], `keys ${figure} ${index}`);
    } else if (event.key === "Delete" && figure === "area" && this.store.current.area.length > 3) {
      this.store.change(({ current }) => current.area.splice(index, 1));
    } else return;
    event.preventDefault();
  }

  draftKey(event) {
    if (event.key === "Escape") this.cancel();
    else if (event.key === "Enter" && this.draft.figure === "area" && this.draft.points.length >= 3) this.finish();
    else if (event.key === "Backspace" && this.draft.points.length) { this.draft.points.pop(); this.hint(); this.draw(); }
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
