import { api, html, nothing } from '../lib.js';

const HAND_OFF = '(hand-off)';

const DONE = {
  context: 'The agent knows it now.',
  message: 'The agent was told, and answers.',
  digits: 'The keys are being pressed.',
  transfer: 'The caller is being transferred.',
};

/** What an operator can do in one call while its agent is on the line. */
export class Steering {
  #targets = null;
  #handOff = false;
  #busy = false;
  #said = '';
  #refused = null;
  #loading = false;

  constructor(app, id) {
    this.app = app;
    this.id = id;
  }

  /** Whom the call can be handed to. Without the list everything else still works. */
  async #load(call) {
    if (this.#loading) return;
    this.#loading = true;
    const [targets, assistant] = await Promise.all([
      api('/api/v1/transfer-targets').catch(() => ({ targets: [] })),
      api(`/api/v1/assistants/${encodeURIComponent(call.assistant)}`).catch(() => ({}))]);
    this.#targets = targets.targets;
    this.#handOff = Boolean(assistant.handOffNumber);
    this.app.redraw();
  }

  async #do(what, body, done = () => {}) {
    this.#busy = true;
    this.#refused = null;
    this.#said = '';
    this.app.redraw();
    try {
      // Sent again by a connection that broke, it is still one command.
      const { state } = await api(`/api/v1/calls/${this.id}/${what}`, { method: 'POST', body, headers: { 'Idempotency-Key': crypto.randomUUID() } });
      this.#said = state === 'DONE' ? DONE[what] : 'It is under way. The timeline says what comes of it.';
      done();
    } catch (e) {
      this.#refused = e;
    }
    this.#busy = false;
    this.app.redraw();
  }

  #tell(e) {
    e.preventDefault();
    const form = e.target;
    const what = e.submitter?.value === 'message' ? 'message' : 'context';
    this.#do(what, { text: new FormData(form).get('text') }, () => form.reset());
  }

  #press(e) {
    e.preventDefault();
    const form = e.target;
    this.#do('digits', { digits: String(new FormData(form).get('digits')).replace(/\s/g, '') }, () => form.reset());
  }

  #transfer(e) {
    e.preventDefault();
    const form = new FormData(e.target);
    const target = String(form.get('target') || '');
    const summary = String(form.get('summary') || '').trim();
    this.#do('transfer', { ...(target === HAND_OFF ? { handOff: true } : { target }), ...(summary ? { summary } : {}) });
  }

  render(call) {
    if (call.outcome || !this.app.can('calls:write')) return nothing;
    if (this.#targets === null) this.#load(call);
    const off = this.#busy || call.state !== 'CONNECTED';
    return html`<section class="card stack" id="steering" aria-labelledby="steer">
      <h2 id="steer">Steer this call</h2>
      ${call.state === 'CONNECTED' ? nothing : html`<p class="quiet">This works once the agent is on the line.</p>`}
      ${this.#refused ? html`<p class="notice bad" role="alert">Not done: ${this.#refused.message}.</p>` : nothing}
      <p class="quiet small said" role="status">${this.#said}</p>
      <form @submit=${(e) => this.#tell(e)}>
        <label>For the agent<textarea name="text" rows="2" maxlength="2000" required ?disabled=${off}></textarea>
          <span class="hint">Whispered, the agent knows it and says nothing. Said, it answers. The caller hears neither.</span></label>
        <div class="actions"><button name="as" value="context" ?disabled=${off}>Whisper</button>
          <button name="as" value="message" ?disabled=${off}>Say as the caller</button></div>
      </form>
      <form @submit=${(e) => this.#press(e)}>
        <label>Keys<span class="pair press"><input name="digits" inputmode="tel" pattern="[0-9*#wW ]{1,24}" maxlength="24" required autocomplete="off"
          placeholder="12#" title="0-9, * and #; w waits half a second, W a second" ?disabled=${off}><button ?disabled=${off}>Press</button></span></label>
      </form>
      ${this.#person(call, off)}
    </section>`;
  }

  #person(call, off) {
    if (call.carrier === 'BROWSER' || (!this.#targets?.length && !this.#handOff)) return nothing;
    return html`<form @submit=${(e) => this.#transfer(e)}>
      <label>Hand over to<select name="target" ?disabled=${off}>
          ${(this.#targets || []).map((it) => html`<option value=${it.name}>${it.name}${it.description ? `: ${it.description}` : ''}</option>`)}
          ${this.#handOff ? html`<option value=${HAND_OFF}>The hand-off number</option>` : nothing}</select></label>
      <label>Told first<span class="pair press"><input name="summary" maxlength="500" placeholder="What it is about" autocomplete="off" ?disabled=${off}>
        <button ?disabled=${off}>Transfer</button></span></label>
    </form>`;
  }
}
