import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { badge, callTable, empty, loading, problem, who } from './parts.js';

const FIELDS = ['number', 'outcome', 'direction', 'assistant', 'from', 'until'];

export class History {
  title = 'History';
  #calls = null;
  #next = null;
  #error = null;
  #filter = {};

  constructor(app) {
    this.app = app;
    const query = new URLSearchParams(location.hash.split('?')[1] || '');
    for (const field of FIELDS) if (query.get(field)) this.#filter[field] = query.get(field);
  }

  enter() { this.#load(); }

  #query(more = {}) {
    const query = new URLSearchParams();
    for (const [field, value] of Object.entries({ ...this.#filter, ...more })) {
      if (value) query.set(field, field === 'from' || field === 'until' ? new Date(value).toISOString() : value);
    }
    return query.toString();
  }

  async #load(before) {
    try {
      const page = await api(`/api/v1/calls?${this.#query({ limit: 50, before })}`);
      this.#calls = before ? [...this.#calls, ...page.calls] : page.calls;
      this.#next = page.next;
      this.#error = null;
    } catch (e) {
      this.#error = e;
      this.#calls ??= [];
    }
    this.app.redraw();
  }

  #search(e) {
    e.preventDefault();
    const form = new FormData(e.target);
    this.#filter = Object.fromEntries(FIELDS.map((field) => [field, String(form.get(field) || '').trim()]).filter(([, value]) => value));
    history.replaceState(null, '', `#/calls?${new URLSearchParams(this.#filter)}`);
    this.#load();
  }

  render() {
    const option = (value, label, chosen) => html`<option value=${value} ?selected=${value === (chosen || '')}>${label}</option>`;
    return html`
      <div class="head"><h1>History</h1>
        <a class="button" href="/api/v1/calls/export?${this.#query()}" download="calls.csv">Download CSV</a></div>
      <form class="card filters" role="search" @submit=${(e) => this.#search(e)}>
        <label>Number<input name="number" type="tel" placeholder="+1 555 …" .value=${this.#filter.number || ''}></label>
        <label>Outcome<select name="outcome">${option('', 'Any', this.#filter.outcome)}
          ${f.OUTCOME_NAMES.map((name) => option(name, f.outcome(name), this.#filter.outcome))}</select></label>
        <label>Direction<select name="direction">${option('', 'Both', this.#filter.direction)}
          ${option('INBOUND', 'Incoming', this.#filter.direction)}${option('OUTBOUND', 'Outgoing', this.#filter.direction)}</select></label>
        <label>Assistant<input name="assistant" .value=${this.#filter.assistant || ''}></label>
        <label>From<input name="from" type="datetime-local" .value=${this.#filter.from || ''}></label>
        <label>Until<input name="until" type="datetime-local" .value=${this.#filter.until || ''}></label>
        <div class="actions"><button class="primary">Search</button></div>
      </form>
      ${problem(this.#error)}
      ${this.#calls === null ? loading() : html`
        <section class="card flush" aria-label="Calls">
          ${this.#calls.length ? callTable(this.#calls, [
            ['Who', who],
            ['Outcome', badge],
            ['Direction', f.towards],
            ['Assistant', (call) => call.assistant],
            ['Duration', (call) => html`<span class="num">${f.seconds(f.duration(call))}</span>`],
            ['Reason', (call) => html`<span class="quiet">${f.Reason(call.reason)}</span>`],
            ['Started', (call) => html`<span class="num">${f.when(call.timings.created)}</span>`],
          ], 'Calls') : empty('No calls found', Object.keys(this.#filter).length ? 'No call matches these filters.' : 'Calls are listed here once there are any.')}
        </section>
        ${this.#next ? html`<div class="actions"><button @click=${() => this.#load(this.#next)}>Show more</button></div>` : nothing}`}`;
  }
}
