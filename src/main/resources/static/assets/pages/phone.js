import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { PhoneCall } from '../phone/call.js';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'];
const SANDBOX_ASSISTANTS = ['default', 'talkative', 'slow', 'pcm_16000', 'dies', 'refuses', 'mute'];

const STATES = {
  asking: ['Waiting for the microphone', 'warn'],
  connecting: ['Connecting', 'warn'],
  on: ['On the line', 'live'],
  ended: ['Ended', ''],
};

/** The row follows the stream's end by a moment; one that does not is shown as it is. */
const LOOKS = 8;
const LOOK_EVERY_MS = 400;

export class Phone {
  title = 'Browser phone';
  #phone = null;
  #variables = [{ name: '', value: '' }];
  #wanted = {};
  #result = null;
  #turns = [];
  #frame;

  constructor(app) { this.app = app; }

  #key = (e) => {
    const typing = e.target instanceof Element && e.target.closest('input, select, textarea');
    if (!typing && !e.ctrlKey && !e.metaKey && !e.altKey && KEYS.includes(e.key)) this.#phone?.press(e.key);
  };

  #gone = () => this.#phone?.hangUp();

  enter() {
    window.addEventListener('keydown', this.#key);
    window.addEventListener('pagehide', this.#gone);
  }

  leave() {
    window.removeEventListener('keydown', this.#key);
    window.removeEventListener('pagehide', this.#gone);
    cancelAnimationFrame(this.#frame);
    this.#phone?.hangUp();
  }

  #call(e) {
    e.preventDefault();
    const form = new FormData(e.target);
    const wanted = {};
    for (const name of ['assistant', 'firstMessage', 'language', 'voiceId']) {
      const text = String(form.get(name) || '').trim();
      if (text) wanted[name] = text;
    }
    this.#wanted = { ...wanted };
    const variables = this.#variables.filter(({ name }) => name.trim());
    if (variables.length) wanted.variables = Object.fromEntries(variables.map(({ name, value }) => [name.trim(), value]));
    this.#result = null;
    this.#turns = [];
    const phone = new PhoneCall(() => this.#changed(phone));
    this.#phone = phone;
    phone.start(wanted);
    this.app.redraw();
    this.#meter();
  }

  #changed(phone) {
    if (phone !== this.#phone) return;
    if (phone.state === 'ended' && phone.id) this.#look(phone, LOOKS);
    this.app.redraw();
  }

  /** How it ended is the server's to say. */
  async #look(phone, times) {
    try {
      const call = await api(`/api/v1/calls/${phone.id}`);
      const { turns } = await api(`/api/v1/calls/${phone.id}/transcript`);
      if (phone !== this.#phone) return;
      this.#result = call;
      this.#turns = turns;
      this.app.redraw();
      if (!call.outcome && times > 1) setTimeout(() => this.#look(phone, times - 1), LOOK_EVERY_MS);
    } catch (e) {
      phone.trouble ??= e.message;
      this.app.redraw();
    }
  }

  /** Past the drawing of pages: levels change all the time. */
  #meter() {
    cancelAnimationFrame(this.#frame);
    const { in: mine, out: agents } = this.#phone.levels;
    for (const [id, level] of [['level-in', this.#phone.muted ? 0 : mine], ['level-out', agents]]) {
      const bar = document.getElementById(id);
      if (bar) bar.style.width = `${Math.round(100 * Math.min(1, Math.sqrt(level) * 1.6))}%`;
    }
    if (this.#phone.state !== 'ended') this.#frame = requestAnimationFrame(() => this.#meter());
  }

  render() {
    if (!this.app.can('calls:write')) return html`<p class="notice warn">Calling requires the scope calls:write.</p>`;
    const phone = this.#phone;
    const busy = phone && phone.state !== 'ended';
    const [word, kind] = phone ? STATES[phone.state] : ['Ready', ''];
    return html`
      <div class="head">
        <div class="actions"><h1>Browser phone</h1><span class="badge ${kind}" role="status" id="phone-state">${word}</span></div>
        ${busy ? html`<div class="actions">
          <button aria-pressed=${phone.muted} ?disabled=${phone.state !== 'on'} @click=${() => phone.mute(!phone.muted)}>${phone.muted ? 'Unmute' : 'Mute'}</button>
          <button class="danger" @click=${() => phone.hangUp()}>Hang up</button></div>` : nothing}
      </div>
      ${phone?.trouble ? html`<p class="notice bad" role="alert">${phone.trouble}
        ${phone.id ? html` <a href="#/diagnostics">Diagnostics</a> shows whether a call would reach its agent right now.` : nothing}</p>` : nothing}
      ${busy && phone.warning ? html`<p class="notice warn" role="alert">${phone.warning}</p>` : nothing}
      ${this.#ending()}
      <div class="grid2">
        <div class="stack">
          ${busy ? nothing : this.#form()}
          ${phone ? html`<section class="card" aria-labelledby="transcript"><h2 id="transcript">Transcript</h2>${this.#transcript()}</section>` : nothing}
        </div>
        <div class="stack">${phone ? this.#handset(phone) : this.#about()}</div>
      </div>`;
  }

  #ending() {
    const call = this.#result;
    if (!call?.outcome) return nothing;
    const { label, tone: kind } = f.status(call);
    return html`<p class="notice ${kind === 'live' || kind === 'quiet' ? '' : kind}" id="phone-ending">${label}. Ended by ${f.ENDED_BY[call.endedBy] || f.words(call.endedBy)}: ${f.reason(call.reason)}.</p>`;
  }

  #wrong(field) {
    const text = this.#phone?.problem?.fields?.[field];
    return text ? html`<span class="error">${text}</span>` : nothing;
  }

  #variable(it, i) {
    const set = (key) => (e) => { it[key] = e.target.value; };
    return html`<div class="pair">
      <input aria-label="Variable ${i + 1} name" placeholder="name" .value=${it.name} @input=${set('name')}>
      <input aria-label="Variable ${i + 1} value" placeholder="value" .value=${it.value} @input=${set('value')}>
      <button type="button" aria-label="Remove variable ${i + 1}" @click=${() => { this.#variables.splice(i, 1); this.app.redraw(); }}>×</button></div>`;
  }

  #form() {
    const { sandbox } = this.app;
    return html`<form class="card" @submit=${(e) => this.#call(e)}>
      <label>Assistant<input name="assistant" placeholder="default" .defaultValue=${this.#wanted.assistant ?? ''} autocomplete="off" list=${sandbox ? 'assistants' : nothing}>${this.#wrong('assistant')}</label>
      ${sandbox ? html`<datalist id="assistants">${SANDBOX_ASSISTANTS.map((name) => html`<option value=${name}></option>`)}</datalist>` : nothing}
      <label>First message<input name="firstMessage" placeholder="The agent's own greeting" .defaultValue=${this.#wanted.firstMessage ?? ''} autocomplete="off">${this.#wrong('firstMessage')}
        <span class="hint">The agent's security settings must allow this override, and the next two.</span></label>
      <div class="cols">
        <label>Language<input name="language" placeholder="The agent's own" .defaultValue=${this.#wanted.language ?? ''} autocomplete="off">${this.#wrong('language')}</label>
        <label>Voice<input name="voiceId" placeholder="The agent's own" .defaultValue=${this.#wanted.voiceId ?? ''} autocomplete="off">${this.#wrong('voiceId')}</label></div>
      <fieldset class="field"><legend class="sr">Variables</legend>
        <span>Variables for the agent</span>${this.#wrong('variables')}
        ${this.#variables.map((it, i) => this.#variable(it, i))}
        <div><button type="button" class="plain" @click=${() => { this.#variables.push({ name: '', value: '' }); this.app.redraw(); }}>Add a variable</button></div></fieldset>
      <div class="actions"><button class="primary" id="phone-call">${this.#phone ? 'Call again' : 'Call'}</button></div>
    </form>`;
  }

  #about() {
    return html`<section class="card stack"><h2>Before the first call</h2>
      <p class="quiet">The browser asks for the microphone. Your voice goes to the assistant by the very path that a telephone call's takes, at telephone quality. No telephone is involved and none is paid for; the agent's time is.</p>
      <p class="quiet">With loudspeakers the browser cancels the echo. Headphones are better.</p></section>`;
  }

  #handset(phone) {
    const on = phone.state === 'on';
    return html`<section class="card stack" aria-labelledby="handset"><h2 id="handset">Handset</h2>
      <div class="meters">
        <span>You</span><div class="meter" aria-hidden="true"><i id="level-in"></i></div>
        <span>Agent</span><div class="meter" aria-hidden="true"><i id="level-out"></i></div></div>
      <div class="keypad" role="group" aria-label="Keypad">${KEYS.map((key) => html`<button type="button" class="num" ?disabled=${!on}
        aria-label=${{ '*': 'Star', '#': 'Hash' }[key] ?? key} @click=${() => phone.press(key)}>${key}</button>`)}</div>
      <p class="quiet num" aria-live="polite">${phone.pressed ? `Pressed ${phone.pressed}` : 'The keyboard works too.'}</p>
      ${phone.id ? html`<p><a href="#/calls/${phone.id}" target="_blank" rel="noopener">This call in the history</a></p>` : nothing}
    </section>`;
  }

  #transcript() {
    const told = this.app.stream.turns.get(this.#phone.id) ?? new Map();
    const turns = new Map(this.#turns.map((turn, i) => [turn.position ?? i, turn]));
    for (const [position, turn] of told) turns.set(position, turn);
    if (!turns.size) return html`<p class="quiet">${this.#phone.state === 'ended' ? 'Nothing was said.' : 'Nothing has been said yet.'}</p>`;
    return html`<ol class="turns" aria-live="polite">${[...turns.entries()].sort(([a], [b]) => a - b).map(([, turn]) => html`
      <li class="turn ${turn.role === 'AGENT' ? 'agent' : 'caller'}">
        <div class="who"><span>${turn.role === 'AGENT' ? 'Agent' : 'You'}</span>${turn.interrupted ? html`<span>interrupted</span>` : nothing}</div>
        <div class="says">${turn.corrected ?? turn.text}</div></li>`)}</ol>`;
  }
}
