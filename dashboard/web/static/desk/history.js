// The chart of the past: expected wait with its band, lower bounds, actual waits, orders and faults as marks.
import { bands, clock, colour, fit, lines, waits } from "./chart.js";
import { follow } from "./link.js";

const holder = document.getElementById("chart");
const HEIGHT_PX = 300;

if (holder !== null) draw(JSON.parse(document.getElementById("past").textContent));
follow();

function draw(past) {
  const local = (t) => t + past.offset;
  const day = (at) => new Date(at * 1000).toLocaleDateString(past.language, { timeZone: "UTC", day: "numeric", month: "short" });
  const label = (at, step) => (step >= 86400 || at % 86400 === 0 ? day(at) : clock(at));
  const line = lines();
  const readout = document.getElementById("readout");
  const said = readout.textContent;
  const plot = new uPlot(
    {
      width: holder.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false } },
      scales: { x: { time: false, range: () => past.span.map(local) }, y: { range: (_, low, high) => [0, Math.max(10, high * 1.1)] } },
      axes: [
        { ...line, incrs: [900, 1800, 3600, 10800, 21600, 86400, 604800], space: 70, values: (_, ticks, __, ___, step) => ticks.map((at) => label(at, step)) },
        { ...line, label: past.words.axis, size: 48, labelSize: 20 },
      ],
      bands: bands(),
      series: [
        {},
        ...waits(),
        { points: { show: false }, spanGaps: false, stroke: colour("amber"), width: 2, dash: [6, 4] },
        { stroke: "transparent", paths: () => null, points: { show: true, size: 4, fill: colour("ink"), stroke: colour("ink") } },
      ],
      hooks: {
        drawClear: [(plot) => shades(plot, past.spans.map(([from, to, state]) => [local(from), local(to), state]))],
        draw: [(plot) => marks(plot, past.events.map(([at, kind]) => [local(at), kind]))],
        setCursor: [(plot) => (readout.textContent = told(plot.cursor.idx) ?? said)],
      },
    },
    [past.t.map(local), past.low, past.high, past.wait, past.least, past.actual],
    holder,
  );
  fit(plot, holder, HEIGHT_PX);

  function told(at) {
    if (at === null || at === undefined || past.t[at] === undefined) return null;
    const when = `${day(local(past.t[at]))}, ${clock(local(past.t[at]))}`;
    const number = (value) => value.toLocaleString(past.language);
    const parts = [];
    if (past.wait[at] !== null) parts.push(`${past.words.wait} ${number(past.wait[at])} (${number(past.low[at])}–${number(past.high[at])})`);
    if (past.least[at] !== null) parts.push(`${past.words.least} ≥\u00a0${number(past.least[at])}`);
    if (past.actual[at] !== null) parts.push(`${past.words.actual} ${number(past.actual[at])}`);
    return `${when}, ${parts.join(", ") || past.words.none}`;
  }
}

function shades(plot, spans) {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const [from, to, state] of spans) {
    const left = Math.max(bbox.left, plot.valToPos(from, "x", true));
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, "x", true));
    if (right <= left) continue;
    ctx.fillStyle = colour(state === "closed" ? "track" : "amber-paper");
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Orders as fine lines over all of the height, faults as ticks at the foot: many of these may come at once. */
function marks(plot, events) {
  const { ctx, bbox } = plot;
  ctx.save();
  for (const [at, kind] of events) {
    const x = Math.round(plot.valToPos(at, "x", true));
    if (kind === "mended" || kind === "notice" || x < bbox.left || x > bbox.left + bbox.width) continue;
    const foot = bbox.top + bbox.height;
    ctx.strokeStyle = colour(kind === "order" ? "edge" : "amber");
    ctx.lineWidth = kind === "order" ? 1 : 3;
    ctx.setLineDash(kind === "order" ? [2, 3] : []);
    ctx.beginPath();
    ctx.moveTo(x, kind === "order" ? bbox.top : foot - 18);
    ctx.lineTo(x, foot);
    ctx.stroke();
  }
  ctx.restore();
}
