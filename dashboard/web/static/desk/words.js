// The few words that scripts say, and ages in them.
const WORDS = JSON.parse(document.getElementById("words").textContent);

export function say(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), WORDS[key]);
}

function inUnit(prefix, seconds) {
  const n = Math.max(0, Math.floor(seconds));
  if (n <= 90) return say(`${prefix}.s`, { n });
  if (n < 7200) return say(`${prefix}.min`, { n: Math.floor(n / 60) });
  if (n < 172800 || prefix === "for") return say(`${prefix}.h`, { n: Math.floor(n / 3600) });
  return say(`${prefix}.d`, { n: Math.floor(n / 86400) });
}

export const ago = (seconds) => (seconds < 1 ? say("ago.now") : inUnit("ago", seconds));
export const during = (seconds) => inUnit("for", Math.max(1, seconds));
