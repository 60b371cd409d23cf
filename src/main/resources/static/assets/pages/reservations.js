import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { empty, loading, problem, tone } from './parts.js';

const EVERY_MS = 3_000;

const STATUS = {
  PENDING: ['Not called yet', 'quiet'],
  CALLING: ['Calling', 'live'],
  CONFIRMED: ['Confirmed', 'good'],
  DECLINED: ['Declined', 'warn'],
  NEEDS_ATTENTION: ['Needs attention', 'bad'],
  BOOKED: ['Booked', 'good'],
  ARRIVED: ['Arrived', 'quiet'],
  NO_SHOW: ['No-show', 'warn'],
  CANCELLED: ['Cancelled', 'quiet'],
};

const REASONS = {
  nothing_agreed: 'The call ended and nothing was agreed',
  outside_bounds: 'What was offered is outside what the guest allows',
  analysis_disagrees: 'The analysis of the call says otherwise than the agent',
};

const status = (it) => tone(...(STATUS[it.status] || [it.status, 'quiet']));
const reason = (it) => REASONS[it.reason] || f.words(it.reason?.replace(/^call_/, ''));

/** As the clock on the restaurant's wall says it. */
export const at = (instant, timeZone) => (instant
  ? new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(instant)) : '–');

const table = (label, rows, columns) => html`
  <div class="scroll"><table class="cards" aria-label=${label}>
    <thead><tr>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${columns.map(([, cell]) => html`<td>${cell(row)}</td>`)}</tr>`)}</tbody>
  </table></div>`;

export class Reservations {
  title = 'Reservations';
  #requests = null;
  #reservations = [];
  #restaurants = new Map();
  #error = null;
  #refused = null;
  #busy = false;
  #timer;
  // One key for one form: pressing twice calls once.
  #key = crypto.randomUUID();

  constructor(app) { this.app = app; }

  enter() {
    this.#load();
    this.#timer = setInterval(() => this.#load(), EVERY_MS);
  }

  leave() { clearInterval(this.#timer); }

  async #load() {
    try {
      const [requests, reservations, restaurants] = await Promise.all([
        api('/api/v1/reservation-requests?limit=50'), api('/api/v1/reservations?limit=50'), api('/api/v1/restaurants?limit=200&closed=true'),
      ]);
      this.#requests = requests.requests;
      this.#reservations = reservations.reservations;
      this.#restaurants = new Map(restaurants.restaurants.map((it) => [it.id, it]));
      this.#error = null;
    } catch (e) {
      this.#error = e;
    }
    this.app.redraw();
  }

  async #do(work) {
    this.#busy = true;
    this.#refused = null;
    this.app.redraw();
    try {
      await work();
    } catch (e) {
      this.#refused = e;
    }
    this.#busy = false;
    await this.#load();
  }

  #ask(e) {
    e.preventDefault();
    const form = e.target;
    const body = { timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    for (const [name, value] of new FormData(form)) if (String(value).trim()) body[name] = String(value).trim();
    body.partySize = Number(body.partySize);
    body.restaurantPhone = (body.restaurantPhone || '').replace(/[\s()-]/g, '');
    this.#do(async () => {
      try {
        await api('/api/v1/reservation-requests', { method: 'POST', body, headers: { 'Idempotency-Key': this.#key } });
        this.#key = crypto.randomUUID();
        form.reset();
      } catch (problem) {
        // It was refused: what is sent next is another request.
        if (problem.status) this.#key = crypto.randomUUID();
        throw problem;
      }
    });
  }

  #again(it) {
    this.#do(() => api(`/api/v1/reservation-requests/${it.id}/call`, { method: 'POST', headers: { 'Idempotency-Key': `${it.id}-${it.callId}` } }));
  }

  #cancel(it) {
    this.#do(() => api(`/api/v1/reservations/${it.id}`, { method: 'PATCH', body: { status: 'CANCELLED' } }));
  }

  #actions(it) {
    const canCall = this.app.can('calls:write') && ['PENDING', 'NEEDS_ATTENTION'].includes(it.status) && new Date(it.wantedAt) > new Date();
    return html`${it.callId ? html`<a href="#/calls/${it.callId}">Call</a>` : nothing}
      ${canCall ? html`<button class="plain" ?disabled=${this.#busy} @click=${() => this.#again(it)}>Call ${it.callId ? 'again' : 'now'}</button>` : nothing}`;
  }

  #wrong(field) {
    const text = this.#refused?.fields?.[field];
    return text ? html`<span class="error">${text}</span>` : nothing;
  }

  #form() {
    const { sandbox } = this.app;
    return html`<form class="card" aria-labelledby="ask" @submit=${(e) => this.#ask(e)}>
      <h2 id="ask">Call a restaurant for a table</h2>
      <div class="cols">
        <label>Restaurant<input name="restaurantName" required maxlength="100" autocomplete="off">${this.#wrong('restaurantName')}</label>
        <label>Its number<input name="restaurantPhone" type="tel" required placeholder="+15550002018" .defaultValue=${sandbox ? '+15550002018' : ''} autocomplete="off">
          ${this.#wrong('restaurantPhone')}${this.#wrong('to')}</label>
        <label>Guest<input name="guestName" required maxlength="100" autocomplete="off">${this.#wrong('guestName')}</label>
        <label>People<input name="partySize" type="number" min="1" max="100" required value="2">${this.#wrong('partySize')}</label>
        <label>When<input name="wantedAt" type="datetime-local" required>${this.#wrong('wantedAt')}</label>
        <label>Wishes<input name="note" maxlength="500" autocomplete="off">${this.#wrong('note')}</label>
        <label>Not before<input name="earliest" type="datetime-local">${this.#wrong('earliest')}</label>
        <label>Not after<input name="latest" type="datetime-local">${this.#wrong('latest')}</label>
      </div>
      <p class="quiet small">Times are in this browser's time zone. The agent accepts only times between “not before” and “not after”; without them, only the time wanted.</p>
      <div class="actions"><button class="primary" ?disabled=${this.#busy}>${this.#busy ? 'Asking …' : 'Call the restaurant'}</button></div>
    </form>`;
  }

  /** Restaurants whose books are kept, those that have closed left out. */
  #books() {
    const open = [...this.#restaurants.values()].filter((it) => !it.closedAt);
    const make = this.app.can('admin') ? html`<a class="button" href="#/reservations/restaurants/new">New restaurant</a>` : nothing;
    return html`<section class="card flush" aria-labelledby="books">
      <div class="head inset"><h2 id="books">Restaurants that callers can book</h2>${open.length ? make : nothing}</div>
      ${open.length ? table('Restaurants', open, [
    ['Name', (it) => html`<a class="row" href="#/reservations/restaurants/${it.id}">${it.name}</a>`],
    ['Number', (it) => html`<span class="num">${it.phone}</span>`],
    ['Tables', (it) => html`<span class="num">${it.tables.length} ${it.tables.length === 1 ? 'table' : 'tables'}, ${it.tables.reduce((all, each) => all + each.seats, 0)} seats</span>`],
    ['Time zone', (it) => html`<span class="quiet">${it.timeZone}</span>`],
  ]) : empty('No restaurants yet', 'Callers can book tables at the restaurants listed here.', make)}</section>`;
  }

  render() {
    const mayWrite = this.app.can('calls:write');
    const zone = (it) => this.#restaurants.get(it.restaurantId)?.timeZone;
    return html`
      <div class="head"><h1>Reservations</h1></div>
      ${problem(this.#error)}${problem(this.#refused)}
      ${mayWrite ? this.#form() : nothing}
      ${this.#requests === null ? (this.#error ? nothing : loading()) : html`
        <section class="card flush" aria-label="Requests">
          ${this.#requests.length ? table('Requests', this.#requests, [
            ['Restaurant', (it) => html`<strong>${it.restaurantName}</strong>`],
            ['Status', status],
            ['Wanted', (it) => html`<span class="num">${at(it.wantedAt, it.timeZone)}</span>`],
            ['For', (it) => `${it.guestName}, ${it.partySize}`],
            ['Result', (it) => html`<span class="quiet">${it.status === 'CONFIRMED' ? at(it.agreedAt, it.timeZone) : reason(it)}${it.offeredAt && it.status === 'NEEDS_ATTENTION' ? html`; offered: ${at(it.offeredAt, it.timeZone)}` : nothing}</span>`],
            ['', (it) => this.#actions(it)],
          ]) : empty('No restaurants called yet', 'Requests and their results are listed here.')}
        </section>
        <section class="card flush" aria-label="Booked tables">
          ${this.#reservations.length ? table('Booked tables', this.#reservations, [
            ['Guest', (it) => html`<strong>${it.guestName}</strong>`],
            ['Status', status],
            ['When', (it) => html`<span class="num">${at(it.startsAt, zone(it))}</span>`],
            ['People', (it) => html`<span class="num">${it.partySize}</span>`],
            ['Where', (it) => html`${this.#restaurants.get(it.restaurantId)?.name || 'A restaurant'}, ${it.table}`],
            ['Code', (it) => html`<span class="mono code">${it.code}</span>`],
            ['', (it) => html`${it.callId ? html`<a href="#/calls/${it.callId}">Call</a>` : nothing}
              ${mayWrite && it.status === 'BOOKED' ? html`<button class="plain" ?disabled=${this.#busy} aria-label="Cancel ${it.code}" @click=${() => this.#cancel(it)}>Cancel</button>` : nothing}`],
          ]) : empty('No tables booked', this.#restaurants.size ? 'Tables that callers book are listed here.' : 'Add a restaurant first; callers can then book its tables.')}
        </section>
        ${this.#books()}`}`;
  }
}
