// SVG of lanes, grid and boxes, in pixels of the picture. `scale` is screen pixels per picture pixel.

import { beside, centre, homography, middle, project, sideOf } from "./geometry.js";
import { Store } from "./store.js";

export const FIGURES = ["area", "ground", "tail", "booth", "sign"];
const SVG = "http://www.w3.org/2000/svg";

export function node(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const path = (points, closed = false) => `M${points.map((p) => p.join(" ")).join("L")}${closed ? "Z" : ""}`;

/** From picture pixels to metres of a lane's road, and back; null without ground points. */
export function road(lane, size) {
  if (!lane || !lane.ground) return null;
  const image = lane.ground.image.map(([x, y]) => [x * size[0], y * size[1]]);
  const there = homography(image, lane.ground.metres);
  const back = homography(lane.ground.metres, image);
  if (!there || !back) return null;
  const side = sideOf(there, image);
  const backSide = sideOf(back, lane.ground.metres);
  return {
    metres: (point) => project(there, point, side),
    pixel: (point) => project(back, point, backSide),
  };
}

export function drawLane(lane, view) {
  const group = node("g", { class: `lane${view.on ? " on" : ""}`, "data-lane": view.index });
  if (view.on) group.append(...grid(lane, view));
  for (const figure of FIGURES) {
    if (lane[figure] && (view.on || figure !== "ground")) group.append(shape(lane, figure, view));
  }
  group.append(...tags(lane, view));
  return group;
}

function shape(lane, figure, view) {
  const points = Store.points(lane, figure).map(view.toPixel);
  const wrong = view.wrong.has(figure) ? " wrong" : "";
  const group = node("g", { class: `${figure}${wrong}` });
  let d;
  if (figure === "sign") {
    const [[ax, ay], [bx, by]] = points;
    d = path([[ax, ay], [bx, ay], [bx, by], [ax, by]], true);
  } else if (figure === "area" || figure === "ground") {
    d = path(points, true);
  } else {
    d = path(points.slice(0, 2));
  }
  group.append(node("path", { class: "under", d }), node("path", { class: `shape ${figure}`, d }));
  if (figure === "tail" || figure === "booth") group.append(...arrow(points, view));
  group.append(node("path", { class: "hit", d, "data-pick": figure }));
  return group;
}

function arrow([a, b, toward], view) {
  const from = middle(a, b);
  const way = [toward[0] - from[0], toward[1] - from[1]];
  const tip = beside(a, b, 34 / view.scale, way);
  const length = Math.hypot(tip[0] - from[0], tip[1] - from[1]) || 1;
  const along = [(tip[0] - from[0]) / length, (tip[1] - from[1]) / length];
  const across = [-along[1], along[0]];
  const at = (forward, side) => [
    from[0] + (along[0] * forward + across[0] * side) / view.scale,
    from[1] + (along[1] * forward + across[1] * side) / view.scale,
  ];
  const head = [at(4, -4), at(18, -4), at(18, -11), at(34, 0), at(18, 11), at(18, 4), at(4, 4)];
  const parts = [node("path", { class: "arrow", d: path(head, true) })];
  if (view.on) parts.unshift(node("path", { class: "stem", d: path([from, toward]) }));
  return parts;
}

function tags(lane, view) {
  const size = 14 / view.scale;
  const made = [];
  const add = (text, [x, y], anchor = "middle") => made.push(
    node("text", { class: "tag", x, y, "font-size": size, "stroke-width": size / 4, "text-anchor": anchor }, text),
  );
  const about = lane.area || lane.booth?.line || lane.tail?.line;
  if (about) add(lane.id, view.toPixel(centre(about)));
  if (view.on) {
    for (const name of ["tail", "booth"]) {
      if (lane[name]) add(name, [view.toPixel(lane[name].line[1])[0] - 6 / view.scale, view.toPixel(lane[name].line[1])[1] - 9 / view.scale], "end");
    }
  }
  return made;
}

/** Metres on the road: a line across for every 5 or 10 m, stronger and named at the tens, and the lane's sides. */
function grid(lane, view) {
  const plane = road(lane, view.size);
  if (!plane) return [];
  const xs = lane.ground.metres.map(([x]) => x);
  const ys = lane.ground.metres.map(([, y]) => y);
  const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(0, ...ys), Math.max(...ys)];
  const step = high - low > 90 ? 10 : 5;
  const strong = high - low > 90 ? 50 : 10;
  const made = [];
  const line = (a, b, kind) => {
    const ends = [plane.pixel(a), plane.pixel(b)];
    if (ends[0] && ends[1]) made.push(node("path", { class: `grid${kind}`, d: path(ends) }));
    return ends[1];
  };
  for (let y = Math.ceil(low / step) * step; y <= high + 1e-6; y += step) {
    const tenth = Math.abs(y % strong) < 1e-6;
    const end = line([left, y], [right, y], tenth ? " tenth" : "");
    if (tenth && end) made.push(metreTag(`${y} m`, end, view));
  }
  for (let x = left; x <= right + 1e-6; x += 1) line([x, low], [x, high], "");
  line([right, low], [right, high], "");
  return made;
}

function metreTag(text, [x, y], view) {
  const size = 12 / view.scale;
  return node("text", {
    class: "tag", x: x + 14 / view.scale, y: y + size / 3, "font-size": size, "stroke-width": size / 4,
  }, text);
}

const NAMES = { tail: ["first end", "second end", "way that counts"], booth: ["first end", "second end", "way that counts"] };

export function handles(lane, chosen, view) {
  const made = [];
  for (const figure of FIGURES) {
    if (!lane[figure]) continue;
    const points = Store.points(lane, figure);
    points.forEach((point, index) => {
      const name = NAMES[figure]?.[index] ?? (figure === "ground" ? groundName(lane, index) : `corner ${index + 1}`);
      const on = chosen.figure === figure && chosen.point === index;
      made.push(handle(view.toPixel(point), view, {
        class: `handle ${figure}${on ? " chosen" : ""}`, "data-figure": figure, "data-point": index, tabindex: 0,
        role: "button", "aria-label": `${figure} of lane ${lane.id}, ${name}`,
      }, 8));
    });
    if (figure === "area") {
      points.forEach((point, index) => made.push(handle(
        view.toPixel(middle(point, points[(index + 1) % points.length])), view,
        { class: "handle area mid", "data-insert": index }, 5,
      )));
    }
  }
  return made;
}

const groundName = (lane, index) => `${lane.ground.metres[index].map((value) => `${value} m`).join(", ")}`;

function handle([x, y], view, attributes, radius) {
  return node("g", attributes,
    node("circle", { class: "reach", cx: x, cy: y, r: 17 / view.scale }),
    node("circle", { class: "dot", cx: x, cy: y, r: radius / view.scale }));
}

export function drawBoxes(boxes, view) {
  return boxes.flatMap(({ xyxy: [ax, ay, bx, by], class: name, score }) => {
    const [x, y] = view.toPixel([ax, ay]);
    const [right, bottom] = view.toPixel([bx, by]);
    const size = 12 / view.scale;
    return [
      node("rect", { class: "box", x, y, width: right - x, height: bottom - y }),
      node("circle", { class: "foot", cx: (x + right) / 2, cy: bottom, r: 3.5 / view.scale }),
      node("text", { class: "tag", x, y: y - size / 3, "font-size": size, "stroke-width": size / 4 }, `${name} ${score.toFixed(2)}`),
    ];
  });
}

export function drawDraft(draft, view) {
  const points = draft.points.map(view.toPixel);
  const all = draft.cursor ? [...points, view.toPixel(draft.cursor)] : points;
  const group = node("g", { class: draft.figure });
  if (all.length > 1) {
    const corners = draft.figure === "sign" ? [all[0], [all[1][0], all[0][1]], all[1], [all[0][0], all[1][1]]] : all;
    group.append(node("path", { class: "draft", d: path(corners, draft.figure === "sign") }));
  }
  points.forEach(([cx, cy]) => group.append(node("g", { class: "handle" }, node("circle", { class: "dot", cx, cy, r: 6 / view.scale }))));
  return group;
}

export function drawMeasure(measure, plane, view) {
  const [a, b] = measure.map(view.toPixel);
  const ends = [plane.metres(a), plane.metres(b)];
  const metres = ends[0] && ends[1] ? Math.hypot(ends[0][0] - ends[1][0], ends[0][1] - ends[1][1]) : null;
  const size = 14 / view.scale;
  const at = middle(a, b);
  return node("g", { class: "measure" },
    node("path", { class: "under", d: path([a, b]) }),
    node("path", { class: "shape", d: path([a, b]) }),
    node("text", { class: "tag", x: at[0] + size / 2, y: at[1], "font-size": size, "stroke-width": size / 4 },
      metres === null ? "beyond the horizon" : `${metres.toFixed(2)} m`));
}
