// What the charts of the desk share: colours of the page, local clocks, the band between two lines.
const two = (n) => String(n).padStart(2, "0");
const french = document.documentElement.lang === "fr";

/** A colour of the page by the name of its token. */
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

/** `at`: UTC seconds that were moved to local time; `10:14`, in French `10 h 14`. */
export function clock(at) {
  const date = new Date(at * 1000);
  const [hours, minutes] = [date.getUTCHours(), two(date.getUTCMinutes())];
  return french ? `${hours}\u00a0h\u00a0${minutes}` : `${two(hours)}:${minutes}`;
}

/** Lines of axes and grid. */
export const lines = () => ({
  stroke: colour("quiet"),
  grid: { stroke: colour("line"), width: 1 },
  ticks: { stroke: colour("line") },
});

/** The fill between series 1 (low) and 2 (high). */
export const bands = () => [{ series: [2, 1], fill: `color-mix(in srgb, ${colour("range")} 38%, transparent)` }];

const plain = { points: { show: false }, spanGaps: false };

/** Low, high and wait, the first of every chart. */
export const waits = () => [
  { ...plain, stroke: "transparent" },
  { ...plain, stroke: "transparent" },
  { ...plain, stroke: colour("link"), width: 2 },
];

/** Keep `plot` as wide as its `holder`. */
export function fit(plot, holder, height) {
  new ResizeObserver(() => plot.setSize({ width: holder.clientWidth, height })).observe(holder);
}
