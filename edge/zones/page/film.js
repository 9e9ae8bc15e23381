// Which picture is shown: a moment of the recording, or the newest of a live camera; boxes over it.

import * as api from "./api.js";

const STEP_S = 0.2;
const PLAY_MS = 150;

export class Film {
  constructor(elements, canvas, store, trouble, news) {
    Object.assign(this, elements);
    this.canvas = canvas;
    this.store = store;
    this.trouble = trouble;
    this.news = news; // told of each new picture
    this.shown = null;
    this.url = null;
    this.playing = false;
    this.asked = 0;
    this.play.addEventListener("click", () => this.toggle());
    this.back.addEventListener("click", () => this.step(-1));
    this.next.addEventListener("click", () => this.step(1));
    this.scrub.addEventListener("input", () => this.show(Number(this.scrub.value)));
    this.boxes.addEventListener("click", () => this.toggleBoxes());
  }

  get live() { return this.shown !== null && this.shown.length_s === null; }
  get wantsBoxes() { return this.boxes.getAttribute("aria-pressed") === "true"; }

  async show(at = 0) {
    const camera = this.store.camera;
    const asked = this.asked += 1;
    try {
      const picture = await api.picture(camera, at);
      if (asked !== this.asked) return;
      this.take(picture);
      this.trouble("");
      if (this.wantsBoxes) await this.look(camera, picture.number);
    } catch (error) {
      this.stop();
      this.trouble(error.message);
    }
  }

  take(picture) {
    const url = URL.createObjectURL(picture.blob);
    this.news();
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = url;
    this.shown = picture;
    this.canvas.boxes = [];
    this.canvas.show(url, picture.width, picture.height);
    this.canvas.draw();
    this.scrub.hidden = this.live;
    this.back.hidden = this.live;
    this.next.textContent = this.live ? "New picture" : "▸";
    if (this.live) { this.clock.textContent = "live"; return; }
    this.scrub.max = picture.length_s;
    this.scrub.value = picture.at;
    this.clock.textContent = `${time(picture.at)} / ${time(picture.length_s)}`;
  }

  async look(camera, number) {
    const found = await api.boxes(camera);
    if (this.shown?.number !== number || found.number !== number) return;
    this.canvas.boxes = found.boxes;
    this.canvas.draw();
    this.store.tell(true);
  }

  step(count) { return this.show(Math.max(0, (this.shown?.at ?? 0) + count * STEP_S)); }

  async toggleBoxes() {
    this.boxes.setAttribute("aria-pressed", String(!this.wantsBoxes));
    this.canvas.boxes = [];
    this.canvas.draw();
    if (!this.wantsBoxes || !this.shown) return;
    try { await this.look(this.store.camera, this.shown.number); } catch (error) { this.trouble(error.message); }
  }

  async toggle() {
    if (this.playing) { this.stop(); return; }
    this.playing = true;
    this.play.textContent = "Pause";
    while (this.playing) {
      const pause = new Promise((done) => { setTimeout(done, PLAY_MS); });
      await this.step(1);
      if (!this.live && this.shown && this.shown.at >= this.shown.length_s - STEP_S) this.stop();
      await pause;
    }
  }

  stop() {
    this.playing = false;
    this.play.textContent = "Play";
  }
}

function time(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}.${Math.floor((seconds - whole) * 10)}`;
}
