// The next hour as charts, and what if a booth opened or closed: asked of the server, nothing is ordered.
import { bands, clock as localClock, fit, lines, waits } from "./chart.js";
import { follow } from "./link.js";
import { say } from "./words.js";

const form = document.getElementById("ask");
const told = document.getElementById("told");
const HEIGHT_PX = 170;
const drawn = new WeakMap();

follow(charts);
charts();
form?.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
form?.elements.lane.addEventListener("change", offer);
if (form) offer();

/** Draw each chart, and anew where its figures are others. */
function charts() {
  for (const holder of document.querySelectorAll("[data-chart]")) {
    const known = drawn.get(holder);
    if (known?.of === holder.dataset.chart) continue;
    const ahead = JSON.parse(holder.dataset.chart);
    const columns = [ahead.t.map((at) => at + ahead.offset), ahead.low, ahead.high, ahead.wait];
    known?.plot.destroy();
    drawn.set(holder, { of: holder.dataset.chart, plot: chart(holder, ahead, columns) });
  }
}

function chart(holder, ahead, columns) {
  const line = lines();
  const plot = new uPlot(
    {
      width: holder.clientWidth,
      height: HEIGHT_PX,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: () => [0, ahead.top] } },
      axes: [
        { ...line, incrs: [900, 1800, 3600], space: 60, values: (_, ticks) => ticks.map(localClock) },
        { ...line, label: ahead.axis, size: 40, labelSize: 18 },
      ],
      bands: bands(),
      series: [{}, ...waits()],
    },
    columns,
    holder,
  );
  fit(plot, holder, HEIGHT_PX);
  return plot;
}

/** Offer the streams of the lane's direction only. */
function offer() {
  const streams = form.elements.lane.selectedOptions[0].dataset.streams.split(" ");
  for (const label of form.querySelectorAll("[data-stream]")) {
    label.hidden = !streams.includes(label.dataset.stream);
    if (label.hidden) label.querySelector("input").checked = false;
  }
}

async function ask() {
  const fields = new FormData(form);
  const serves = fields.getAll("serves");
  const body = { lane: fields.get("lane"), state: fields.get("state"), ...(serves.length && { serves }) };
  let answer;
  try {
    const reply = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
      body: JSON.stringify(body),
    });
    answer = await reply.json();
    if (!reply.ok) throw new Error(answer.detail);
  } catch (error) {
    told.textContent = say("failed", { why: error.message });
    return;
  }
  told.replaceChildren(table(answer));
}

function table(answer) {
  const words = JSON.parse(form.dataset.words);
  const minutes = (span) => `${Math.round(span.wait_s / 60)} (${Math.floor(span.low_s / 60)}–${Math.ceil(span.high_s / 60)})`;
  const change = (seconds) => {
    const n = Math.round(seconds / 60);
    return n === 0 ? words.same : `${n > 0 ? "+" : "−"}${Math.abs(n)}`;
  };
  const made = document.createElement("table");
  const caption = made.createCaption();
  caption.textContent = words.caption;
  const head = made.createTHead().insertRow();
  for (const text of [words.stream, words.at, words.without, words.with, words.change]) head.append(cell("th", text, "col"));
  const rows = made.createTBody();
  for (const stream of answer.streams) {
    for (const point of stream.points) {
      const row = rows.insertRow();
      row.append(
        cell("th", words.streams[stream.stream] ?? stream.stream, "row"),
        cell("td", clock(point.at)),
        cell("td", minutes(point.without)),
        cell("td", minutes(point.with)),
        cell("td", change(point.change_s)),
      );
    }
  }
  return made;
}

function cell(kind, text, scope) {
  const made = document.createElement(kind);
  if (scope) made.scope = scope;
  made.textContent = text;
  return made;
}

/** The port's clock, by the offset that the server gave. */
const clock = (at) => localClock(Date.parse(at) / 1000 + Number(form.dataset.offset));
