// The references of a lane's sign: what there is, what is read now, and one more of the picture shown.

import * as api from "./api.js";
import { element } from "./element.js";

const SOON_MS = 150;
const NAMES = { fast: "FAST", standard: "standard", nexus: "NEXUS", ready: "Ready", bus: "bus", closed: "closed" };

export class SignPart {
  constructor(store) {
    this.store = store;
    this.answer = null; // {key, ...} of the last look
    this.asked = null; // the key that is being looked at
    this.chosen = "fast";
  }

  get key() {
    const { current, camera } = this.store;
    return current?.sign ? JSON.stringify([camera, current.id, current.sign]) : null;
  }

  /** Look at the sign in the picture that is shown now; `more` keeps or drops a crop. */
  async look(more) {
    const { key } = this;
    if (!key) return;
    const [camera, lane, corners] = JSON.parse(key);
    try {
      this.answer = { key, ...await api.sign(camera, lane, corners, more) };
    } catch (error) { this.answer = { key, said: error.message }; }
    if (key === this.key) this.store.tell(false);
  }

  elements() {
    const known = this.answer?.key === this.key ? this.answer : null;
    if (!known) { this.lookSoon(); return [element("p", {}, "Looking at the sign.")]; }
    if (known.said) return [element("p", {}, known.said)];
    const [camera, lane] = JSON.parse(known.key);
    const states = element("select", { id: "sign-state", "aria-label": "What the sign shows now", onchange: (event) => { this.chosen = event.target.value; } },
      ...known.states.map((state) => element("option", { value: state, selected: state === this.chosen }, NAMES[state])));
    const keep = element("button", { class: "small", id: "sign-keep", onclick: () => this.look({ keep: this.chosen }) }, "Keep as reference");
    return [
      element("p", { id: "sign-reads" }, this.reading(known)),
      element("div", { class: "row parts" }, states, keep),
      element("div", { class: "crops" }, ...known.crops.map(({ name, state }) => element("figure", {},
        element("img", { src: `api/crop?camera=${camera}&lane=${lane}&name=${name}`, alt: `Reference: ${NAMES[state]}` }),
        element("figcaption", {}, `${NAMES[state]} `, element("button", {
          class: "small danger", "aria-label": `Remove the reference ${name}`, onclick: () => this.look({ drop: name }),
        }, "×"))))),
      ...known.alike.map(([one, other]) => element("p", { class: "alike" },
        `The references of ${NAMES[one]} and ${NAMES[other]} look alike: neither will be read. Draw the region closer.`)),
    ];
  }

  /** A corner that is dragged is looked at where it stops. */
  lookSoon() {
    if (this.asked === this.key) return;
    this.asked = this.key;
    setTimeout(() => { if (this.asked === this.key) this.look(); }, SOON_MS);
  }

  reading({ reads, crops }) {
    if (!crops.length) return "The sign shows now:";
    return reads ? `Read now as ${NAMES[reads.state]} (${reads.score.toFixed(2)}). If it shows:` : "Not read now. If it shows:";
  }
}
