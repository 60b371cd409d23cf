import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { badge, loading, problem, tone } from './parts.js';
import { Steering } from './steering.js';
import { TakeOver } from './take-over.js';

/** Several events come at once: the call is fetched again when they have settled for so long. */
const SETTLED_MS = 250;

const WHO = { AGENT: 'Agent', CALLER: 'Caller', SUPERVISOR: 'Supervisor' };

export class OneCall {
  title = 'Call';
  #call = null;
  #analysis = null;
  #error = null;
  #due;
  #confirming = false;

  constructor(app, id) {
    this.app = app;
    this.id = id;
    this.steering = new Steering(app, id);
    this.takeOver = new TakeOver(app, id);
  }

  enter() {
    this.#load();
    this.#unlisten = this.app.stream.onEvent((event) => {
      if (event.call.id !== this.id) return;
      clearTimeout(this.#due);
      this.#due = setTimeout(() => this.#load(), SETTLED_MS);
    });
  }

  leave() {
    clearTimeout(this.#due);
    this.#unlisten?.();
    this.takeOver.leave();
  }

  #unlisten;

  async #load() {
    try {
      const path = `/api/v1/calls/${this.id}`;
      const [call, { events }] = await Promise.all([api(path), api(`${path}/events`)]);
      this.#call = { ...call, events };
      this.#error = null;
      if (this.#call.outcome) this.#analysis = await api(`/api/v1/calls/${this.id}/analysis`).catch(() => null);
    } catch (e) {
      this.#error = e;
    }
    this.app.redraw();
  }

  async #hangUp() {
    if (!this.#confirming) {
      this.#confirming = true;
      this.app.redraw();
      return;
    }
    this.#confirming = false;
    try { await api(`/api/v1/calls/${this.id}`, { method: 'DELETE' }); } catch (e) { this.#error = e; }
    this.app.redraw();
  }

  render() {
    if (!this.#call) return this.#error ? problem(this.#error) : loading();
    // The stream knows the state first.
    const call = { ...this.#call, ...(this.app.stream.calls.get(this.id) || {}) };
    return html`
      <div class="head">
        <div class="actions"><h1 class="num">${f.other(call) || 'Unknown number'}</h1>${badge(call)}</div>
        ${!call.outcome && this.app.can('calls:write') ? html`<div class="actions">
          <button class="danger" @click=${() => this.#hangUp()}>${this.#confirming ? 'Really hang up?' : 'Hang up'}</button></div>` : nothing}
      </div>
      ${problem(this.#error)}
      ${this.#ending(call)}
      <div class="grid2">
        <div class="stack">
          <section class="card" aria-labelledby="transcript"><h2 id="transcript">Transcript</h2>${this.#transcript()}</section>
          ${this.#notes()}${this.#report()}
        </div>
        <div class="stack">
          ${this.takeOver.render(call, this.#call.events)}
          ${this.steering.render(call)}
          <section class="card" aria-labelledby="facts"><h2 id="facts">Call</h2>${this.#facts(call)}</section>
          <section class="card" aria-labelledby="timeline"><h2 id="timeline">Timeline</h2>${this.#timeline()}</section>
        </div>
      </div>`;
  }

  #ending(call) {
    if (!call.outcome) return nothing;
    const { label, tone: kind } = f.status(call);
    const by = f.ENDED_BY[call.endedBy] || f.words(call.endedBy);
    return html`<p class="notice ${kind === 'live' || kind === 'quiet' ? '' : kind}">${label}. Ended by ${by}: ${f.reason(call.reason)}.</p>`;
  }

  #turns() {
    const turns = new Map(this.#call.transcript.map((turn) => [turn.position, turn]));
    for (const [position, turn] of this.app.stream.turns.get(this.id) || []) turns.set(position, turn);
    return [...turns.entries()].sort(([a], [b]) => a - b).map(([, turn]) => turn);
  }

  #transcript() {
    const turns = this.#turns();
    if (!turns.length) return html`<p class="quiet">${this.#call.outcome ? 'Nothing was said.' : 'Nothing has been said yet.'}</p>`;
    let asked = null;
    return html`<ol class="turns" aria-live="polite">${turns.map((turn) => {
      const agent = turn.role === 'AGENT';
      const played = turn.role !== 'CALLER';
      const after = agent && asked ? Date.parse(turn.at) - asked : null;
      asked = agent ? null : Date.parse(turn.at);
      const text = turn.corrected ?? turn.text;
      return html`<li class="turn ${turn.role.toLowerCase()}">
        <div class="who"><span>${WHO[turn.role]}</span>
          ${after != null && after >= 0 && !turn.latency ? html`<span class="num" title="From the caller being understood to the answer">after ${f.offset(after)}</span>` : nothing}
          ${turn.interrupted ? html`<span>interrupted</span>` : nothing}</div>
        <div class="says">${played ? this.#heard(text, turn, turn === turns.at(-1)) : text}</div>${this.#stages(turn.latency)}</li>`;
    })}</ol>`;
  }

  /** Where the time before an answer went, as far as anybody can say. */
  #stages(latency) {
    const known = f.stages(latency);
    if (!known.length) return nothing;
    return html`<dl class="latency">${known.map(({ name, what, ms }) => html`<div title=${what}>
      <dt>${name}</dt><dd class="num">${f.offset(ms)}</dd></div>`)}</dl>`;
  }

  /** What the caller did not hear is told apart, for eyes and for ears. So is what is still being said. */
  #heard(text, { heard, interrupted }, isLast) {
    if (heard == null || heard.trim() === text.trim() || !text.startsWith(heard)) return text;
    const rest = text.slice(heard.length);
    if (isLast && !interrupted && !this.#call.outcome) return html`${heard}<span class="later">${rest}</span>`;
    return html`${heard}<span class="sr"> (not heard: </span><span class="unheard">${rest}</span><span class="sr">)</span>`;
  }

  #facts(call) {
    const full = this.#call;
    const row = (name, value) => (value == null || value === '' ? nothing : html`<dt>${name}</dt><dd>${value}</dd>`);
    return html`<dl class="facts">
      ${row('Direction', f.towards(call))}
      ${row('From', html`<span class="num">${call.from}</span>`)}
      ${row('To', html`<span class="num">${call.to}</span>`)}
      ${row('Assistant', call.assistant)}
      ${row('Answered by', call.answeredBy && f.words(call.answeredBy))}
      ${row('Started', html`<span class="num">${f.when(call.timings.created)}</span>`)}
      ${row('Duration', html`<span class="num">${f.seconds(f.duration(call))}</span>`)}
      ${this.#cost(full.cost, row)}
      ${Object.entries(full.variables || {}).map(([name, value]) => row(html`<span class="mono">${name}</span>`, String(value)))}
      ${row('Conversation', full.conversationId && html`<span class="mono">${full.conversationId}</span>`)}
      ${row('Twilio call', full.twilioCallSid && html`<span class="mono">${full.twilioCallSid}</span>`)}
      ${row('Call id', html`<span class="mono">${full.id}</span>`)}
    </dl>`;
  }

  #cost(cost, row) {
    if (!cost) return nothing;
    const part = (name, item) => (item?.amount == null ? nothing : row(name,
      html`<span class="num">${f.money(item.amount, item.currency)}</span> <span class="quiet small">${f.words(item.status).toLowerCase()}</span>`));
    return html`${part('Twilio cost', cost.twilio)}${part('ElevenLabs cost', cost.elevenlabs)}`;
  }

  #timeline() {
    const steps = [...this.#call.events].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const began = Math.min(Date.parse(this.#call.timings.created), ...steps.slice(0, 1).map((it) => Date.parse(it.at)));
    return html`<ol class="steps">${steps.map((it) => html`<li>
      <span class="at">${f.offset(Date.parse(it.at) - began)}</span>
      <span class="dot ${f.KEY_STEPS.has(it.kind) ? 'key' : f.BAD_STEPS.has(it.kind) ? 'bad' : ''}" aria-hidden="true"></span>
      <span>${f.step(it)}${it.kind === 'COMMAND' && it.details.text ? html`<span class="quiet told">${it.details.text}</span>` : nothing}</span></li>`)}</ol>`;
  }

  #notes() {
    const { notes } = this.#call;
    if (!notes?.length) return nothing;
    return html`<section class="card" aria-labelledby="notes"><h2 id="notes">Notes</h2>
      <ul class="notes">${notes.map((note) => html`<li><span class="said">${note.text}</span> <span class="quiet small num">${f.when(note.at)}</span></li>`)}</ul></section>`;
  }

  #report() {
    const a = this.#analysis;
    if (!a || a.status === 'NONE') return nothing;
    const list = (name, entries) => (entries && Object.keys(entries).length ? html`<h2>${name}</h2><dl class="facts">
      ${Object.entries(entries).map(([key, value]) => html`<dt>${f.words(key)}</dt><dd>${String(value?.value ?? value?.result ?? JSON.stringify(value))}</dd>`)}</dl>` : nothing);
    return html`<section class="card stack" aria-labelledby="analysis">
      <div class="actions"><h2 id="analysis">Analysis</h2>
        ${a.status === 'PENDING' ? tone('Pending', 'quiet') : a.successful ? tone(f.words(a.successful), a.successful === 'success' ? 'good' : 'warn') : nothing}</div>
      ${a.summary ? html`<p>${a.summary}</p>` : a.status === 'PENDING' ? html`<p class="quiet">ElevenLabs usually reports a few minutes after the call.</p>` : nothing}
      ${list('Collected', a.collected)}${list('Evaluation', a.evaluation)}
    </section>`;
  }
}
