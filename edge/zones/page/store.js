// The lanes of all cameras as they are drawn, with undo. Points are fractions of the picture.

const KEPT = 200;

export class Store {
  constructor() {
    this.cameras = [];
    this.camera = null; // id of the one shown
    this.lane = null; // index of the lane that is worked on
    this.figure = null;
    this.point = null;
    this.listeners = [];
    this.past = [];
    this.future = [];
    this.saved = "[]";
    this.group = null;
  }

  load(cameras, camera) {
    this.cameras = cameras;
    this.camera = camera;
    this.past = [];
    this.future = [];
    this.saved = JSON.stringify(cameras);
    this.chooseLane(this.shown.lanes.length ? 0 : null);
  }

  get shown() { return this.cameras.find((camera) => camera.id === this.camera); }
  get lanes() { return this.shown ? this.shown.lanes : []; }
  get current() { return this.lane === null ? null : this.lanes[this.lane] ?? null; }
  get dirty() { return JSON.stringify(this.cameras) !== this.saved; }

  /** Change the drawing by `act`; changes of one `group` in a row are one step of undo. */
  change(act, group = null) {
    if (group === null || group !== this.group) {
      this.past.push(JSON.stringify({ cameras: this.cameras, camera: this.camera, lane: this.lane }));
      if (this.past.length > KEPT) this.past.shift();
    }
    this.group = group;
    this.future = [];
    act(this);
    this.tell(true);
  }

  /** The next change is a step of its own. */
  rest() { this.group = null; }

  undo() { this.step(this.past, this.future); }
  redo() { this.step(this.future, this.past); }

  step(from, to) {
    if (!from.length) return;
    to.push(JSON.stringify({ cameras: this.cameras, camera: this.camera, lane: this.lane }));
    Object.assign(this, JSON.parse(from.pop()));
    this.group = null;
    if (this.lane !== null && this.lane >= this.lanes.length) this.lane = this.lanes.length ? 0 : null;
    this.point = null;
    this.tell(true);
  }

  chooseCamera(id) {
    this.camera = id;
    this.chooseLane(this.lanes.length ? 0 : null);
  }

  chooseLane(index, figure = null, point = null) {
    this.lane = index;
    this.figure = figure;
    this.point = point;
    this.rest();
    this.tell(false);
  }

  /** All points of a figure of a lane, as references that `movePoint` may set. */
  static points(lane, figure) {
    const shape = lane[figure];
    if (!shape) return [];
    if (figure === "tail" || figure === "booth") return [...shape.line, shape.toward];
    return figure === "ground" ? shape.image : shape;
  }

  movePoint(figure, index, point, group) {
    const [x, y] = point.map((value) => Math.min(1, Math.max(0, Math.round(value * 1e5) / 1e5)));
    this.change(() => {
      const target = Store.points(this.current, figure)[index];
      if (target) [target[0], target[1]] = [x, y];
    }, group);
  }

  listen(listener) { this.listeners.push(listener); }
  tell(changed) { this.listeners.forEach((listener) => listener(changed)); }
}

/** An id for a new lane that no lane of any camera has. */
export function freeId(cameras) {
  const taken = new Set(cameras.flatMap((camera) => camera.lanes.map((lane) => lane.id)));
  let number = 1;
  while (taken.has(`b${number}`)) number += 1;
  return `b${number}`;
}

export const newLane = (id) => ({
  id, was: null, kind: "booth", tail: null, booth: null, area: null, area_anchor: "bottom",
  ground: null, sign: null, signal: false,
});
