import { api, html, nothing } from '../lib.js';
import { Recorder } from '../phone/recorder.js';

/** One utterance has no more. */
const SECONDS = 30;

/** Less was a slip of the finger. */
const LEAST_BYTES = 1600;

/** Sooner than a supervisor counts as gone. */
const STILL_HERE_MS = 40_000;

/** Speaking in the agent's place, utterance by utterance, in its voice. */
export class TakeOver {
  #mine = false;
  #seen = false;
  #busy = false;
  #said = '';
  #refused = null;
  #recorder = null;
  #held = false;
  /** what was recorded and did not get through */
  #unsent = null;
  #here;
  #watch;

  constructor(app, id) {
    this.app = app;
    this.id = id;
  }

  /** The page is left: so is the caller, to the agent. */
  leave() {
    this.#recorder?.stop();
    this.#recorder = null;
    clearInterval(this.#watch);
    clearInterval(this.#here);
    removeEventListener('pagehide', this.#goodbye);
    if (this.#mine) this.#goodbye();
    this.#mine = false;
  }

  #goodbye = () => {
    this.#post('hand-back', { keepalive: true }).catch(() => {});
  };

  #post(what, options = {}) {
    return api(`/api/v1/calls/${this.id}/${what}`, { method: 'POST', ...options, headers: { 'Idempotency-Key': crypto.randomUUID(), ...options.headers } });
  }

  async #do(what, done, options) {
    this.#busy = true;
    this.#refused = null;
    this.app.redraw();
    try {
      const { state } = await this.#post(what, options);
      this.#said = state === 'DONE' ? done : 'It is under way. The timeline says what comes of it.';
      this.#busy = false;
      return true;
    } catch (e) {
      this.#refused = e;
      this.#said = '';
      this.#busy = false;
      return false;
    } finally {
      this.app.redraw();
    }
  }

  async #take() {
    if (!await this.#do('take-over', 'The agent is silent. You have the call.')) return;
    this.#mine = true;
    this.#seen = false;
    addEventListener('pagehide', this.#goodbye);
    clearInterval(this.#here);
    this.#here = setInterval(() => this.#post('take-over').catch((e) => this.#lost(e)), STILL_HERE_MS);
    this.app.redraw();
  }

  #lost(e) {
    this.#refused = e;
    this.app.redraw();
  }

  async #handBack() {
    if (!await this.#do('hand-back', 'The agent has the call again and knows what was said.')) return;
    this.#isOver();
    this.app.redraw();
  }

  #isOver() {
    this.#mine = false;
    clearInterval(this.#here);
    removeEventListener('pagehide', this.#goodbye);
  }

  async #press(e) {
    if (e.repeat || this.#busy || this.#recorder || (e.type === 'keydown' && e.key !== ' ' && e.key !== 'Enter')) return;
    e.preventDefault();
    // The button may move away from under the finger.
    if (e.pointerId !== undefined) e.currentTarget.setPointerCapture(e.pointerId);
    this.#held = true;
    this.#refused = null;
    this.#unsent = null;
    const recorder = new Recorder(SECONDS, () => this.#release());
    this.#recorder = recorder;
    this.app.redraw();
    this.#watch = setInterval(() => this.app.redraw(), 200);
    try {
      await recorder.start();
      // Let go of while the browser asked for the microphone.
      if (!this.#held) this.#release();
    } catch (problem) {
      clearInterval(this.#watch);
      this.#recorder = null;
      this.#refused = problem;
    }
    this.app.redraw();
  }

  #release() {
    this.#held = false;
    clearInterval(this.#watch);
    const recorder = this.#recorder;
    if (!recorder) return;
    this.#recorder = null;
    const recording = recorder.stop();
    if (recording.size < LEAST_BYTES) {
      this.#said = 'Too short: hold the button while you speak.';
      this.app.redraw();
    } else {
      this.#send({ recording, key: crypto.randomUUID() });
    }
  }

  /** Kept until it got through. Sent again under its key, the caller still hears it once. */
  async #send(utterance) {
    this.#unsent = utterance;
    const { recording, key } = utterance;
    const heard = await this.#do('utterance', 'The caller hears it.', { body: recording, headers: { 'Content-Type': recording.type, 'Idempotency-Key': key } });
    if (heard) this.#unsent = null;
    else if (this.#refused.status === 502) this.#unsent = { recording, key: crypto.randomUUID() };
    this.app.redraw();
  }

  /** Who has the call by its evidence, or null. */
  #holder(events) {
    const last = events.filter((it) => it.kind === 'TAKEN_OVER' || it.kind === 'HANDED_BACK').sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).at(-1);
    return last?.kind === 'TAKEN_OVER' ? last.details.by : null;
  }

  /** The evidence says so a moment after the answer; from then on it alone counts. */
  #has(holder) {
    if (!this.#mine) return false;
    if (holder !== null) {
      this.#seen = true;
    } else if (this.#seen) {
      this.#isOver();
      this.#said = 'The agent has the call again.';
    }
    return this.#mine;
  }

  render(call, events) {
    if (call.outcome || call.state !== 'CONNECTED' || !this.app.can('calls:write')) return nothing;
    const holder = this.#holder(events);
    const mine = this.#has(holder);
    return html`<section class="card stack" id="take-over" aria-labelledby="taking">
      <h2 id="taking">Speak yourself</h2>
      ${this.#refused ? html`<p class="notice bad" role="alert">Not done: ${this.#refused.message}</p>` : nothing}
      <p class="quiet small said" role="status">${this.#recorder ? '' : this.#said}</p>
      ${mine ? this.#speaking() : html`
        <p class="hint">${holder === null ? 'The agent falls silent and does not hear the caller. What you say is spoken in its voice.' : `${holder} has this call.`}</p>
        <div class="actions"><button name="take-over" ?disabled=${this.#busy} @click=${() => this.#take()}>Take over</button></div>`}
    </section>`;
  }

  #speaking() {
    return html`<div class="actions">
        <button class="primary" name="talk" aria-pressed=${Boolean(this.#recorder)} ?disabled=${this.#busy}
          @pointerdown=${(e) => this.#press(e)} @pointerup=${() => this.#release()} @pointercancel=${() => this.#release()}
          @keydown=${(e) => this.#press(e)} @keyup=${() => this.#release()} @blur=${() => this.#release()}>Hold to talk</button>
        ${this.#unsent && !this.#busy ? html`<button name="again" @click=${() => this.#send(this.#unsent)}>Send it again</button>` : nothing}
        <button name="hand-back" ?disabled=${this.#busy} @click=${() => this.#handBack()}>Hand back to the agent</button></div>
      ${this.#recorder ? html`<p class="quiet small" data-seconds=${this.#recorder.seconds}>Recording, ${this.#recorder.seconds.toFixed(1)} s. Let go to send it.</p>` : nothing}
      <p class="hint">Half a minute at a time. Leave this page, and the agent has the call again.</p>`;
  }
}
