// Plane geometry of the picture: pure functions on points [x, y].

export const sub = (a, b) => [a[0] - b[0], a[1] - b[1]];
export const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
export const distance = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
export const turn = (a, b, c) => (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);

/** The 3x3 matrix (nine numbers, row by row) that maps four points to four others; null if there is none. */
export function homography(from, to) {
  const rows = [];
  from.forEach(([x, y], i) => {
    const [u, v] = to[i];
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v]);
  });
  const solved = solve(rows);
  return solved && [...solved, 1];
}

/** Where a point goes; null on or above the horizon of `side` (the sign of the depth that is before it). */
export function project(m, [x, y], side = 1) {
  const depth = m[6] * x + m[7] * y + m[8];
  if (depth * side <= 1e-9) return null;
  return [(m[0] * x + m[1] * y + m[2]) / depth, (m[3] * x + m[4] * y + m[5]) / depth];
}

/** The sign of the depths of points. */
export function sideOf(m, points) {
  return Math.sign(points.reduce((sum, [x, y]) => sum + m[6] * x + m[7] * y + m[8], 0)) || 1;
}

/** The point of the half plane beyond a line, at a distance from its middle, in the direction nearest to `way`. */
export function beside(a, b, away, way) {
  const length = distance(a, b) || 1;
  let normal = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  if (normal[0] * way[0] + normal[1] * way[1] < 0) normal = [-normal[0], -normal[1]];
  const at = middle(a, b);
  return [at[0] + normal[0] * away, at[1] + normal[1] * away];
}

export const centre = (points) => {
  const sum = points.reduce((s, p) => [s[0] + p[0], s[1] + p[1]], [0, 0]);
  return [sum[0] / points.length, sum[1] / points.length];
};

function solve(rows) {
  const n = rows.length;
  for (let i = 0; i < n; i += 1) {
    let best = i;
    for (let r = i + 1; r < n; r += 1) if (Math.abs(rows[r][i]) > Math.abs(rows[best][i])) best = r;
    if (Math.abs(rows[best][i]) < 1e-12) return null;
    [rows[i], rows[best]] = [rows[best], rows[i]];
    for (let r = 0; r < n; r += 1) {
      if (r === i) continue;
      const factor = rows[r][i] / rows[i][i];
      for (let c = i; c <= n; c += 1) rows[r][c] -= factor * rows[i][c];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}
