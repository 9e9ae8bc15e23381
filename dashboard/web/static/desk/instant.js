// Wall clocks of the port.

/**
 * The next instant at which the port's clocks show `clock` (HH:MM). `offsets`: [since, seconds] of the port's
 * zone, from the server, whose zone data is newer than many a browser's.
 */
export function instant(clock, offsets, nowMs) {
  const [hour, minute] = clock.split(":").map(Number);
  for (const [place, [since, offset]] of offsets.entries()) {
    const until = offsets[place + 1]?.[0] ?? Infinity;
    const midnight = Math.floor((nowMs / 1000 + offset) / 86400) * 86400 - offset;
    for (const day of [0, 1, 2]) {
      const at = midnight + day * 86400 + hour * 3600 + minute * 60;
      if (at * 1000 >= nowMs && at >= since && at < until) return new Date(at * 1000).toISOString();
    }
  }
  return null;
}
