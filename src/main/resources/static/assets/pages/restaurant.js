import { api, html, nothing } from '../lib.js';
import { Editing } from '../editing.js';
import { control } from './fields.js';
import { loading, problem, tone } from './parts.js';
import { at } from './reservations.js';

const PATH = '/api/v1/restaurants';
const DAYS = [['MONDAY', 'Monday'], ['TUESDAY', 'Tuesday'], ['WEDNESDAY', 'Wednesday'], ['THURSDAY', 'Thursday'], ['FRIDAY', 'Friday'], ['SATURDAY', 'Saturday'], ['SUNDAY', 'Sunday']];
const EVENING = { opens: '17:00', closes: '23:00' };

const RULES = [
  { name: 'minParty', label: 'Smallest party', min: 1, max: 100 },
  { name: 'maxParty', label: 'Largest party', min: 1, max: 100 },
  { name: 'slotMinutes', label: 'Minutes between start times', min: 5, max: 240 },
  { name: 'stayMinutes', label: 'Minutes per booking', min: 15, max: 720 },
  { name: 'leadMinutes', label: 'Minimum notice, minutes', min: 0, max: 43_200 },
  { name: 'daysAhead', label: 'Book up to, days ahead', min: 1, max: 400 },
];

const WHY = {
  TABLE_GONE: 'its table would be gone',
  TABLE_TOO_SMALL: 'its table would be too small',
  NOT_OPEN: 'it would not be open then',
  CLOSING: 'the guest is yet to come',
};

const blank = () => ({
  name: '', phone: '', timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, minParty: 1, maxParty: 8, slotMinutes: 15, stayMinutes: 120,
  leadMinutes: 30, daysAhead: 90, hours: { week: Object.fromEntries(DAYS.map(([day]) => [day, [{ ...EVENING }]])), exceptions: {} },
  tables: [{ name: '1', seats: 2 }, { name: '2', seats: 4 }],
});

/** Exceptions are a list for as long as they are typed, and every weekday is there. */
function typed(it) {
  const week = Object.fromEntries(DAYS.map(([day]) => [day, it.hours.week?.[day] ?? []]));
  const exceptions = Object.entries(it.hours.exceptions || {}).map(([day, spans]) => ({ day, spans }));
  return { ...it, hours: { week, exceptions } };
}

/** A restaurant whose book is kept: its hours, tables and rules. */
export class Restaurant {
  #id;
  #it;
  #unfit = null;

  constructor(app, id) {
    this.app = app;
    this.#id = id ?? null;
    this.#it = new Editing({
      path: this.#id === null ? null : `${PATH}/${this.#id}`,
      typed,
      redraw: () => app.redraw(),
      refused: (e) => { this.#unfit = e.body?.reservations ?? null; return this.#unfit !== null; },
    });
  }

  get title() { return this.#it.known?.name || (this.#id === null ? 'New restaurant' : 'Restaurant'); }

  async enter() {
    if (this.#id === null) this.#it.begin(blank());
    else await this.#it.load();
    this.app.redraw();
  }

  unsaved() { return this.#it.dirty; }

  #body(keep) {
    const body = structuredClone(this.#it.draft.value);
    body.hours.exceptions = Object.fromEntries(body.hours.exceptions.map(({ day, spans }) => [day, spans]));
    body.phone = body.phone.replace(/[\s()-]/g, '');
    if (keep) body.keepReservations = true;
    return body;
  }

  async #save(e, keep = false) {
    e?.preventDefault();
    const form = document.getElementById('restaurant');
    const days = this.#it.draft.value.hours.exceptions.map(({ day }) => day);
    const wrong = days.findIndex((day, i) => !day || days.indexOf(day) !== i);
    if (wrong >= 0) {
      this.#it.wrong(form, { [`exceptions.${wrong}`]: days[wrong] ? 'is there twice' : 'is missing' });
      return;
    }
    this.#unfit = null;
    const body = this.#body(keep);
    const done = await this.#it.save(form, () => (this.#id === null
      ? api(PATH, { method: 'POST', body }) : api(`${PATH}/${this.#id}`, { method: 'PUT', body })));
    if (done && this.#id === null) location.hash = `#/reservations/restaurants/${this.#it.known.id}`;
    else if (done) this.#it.said = 'Saved. New bookings follow it.';
    this.app.redraw();
  }

  #changed() { this.#it.changed(); }

  #field(it) {
    const { value } = this.#it.draft;
    return control(it, String(value[it.name] ?? ''), this.#it.draft.error(it.name), (text) => {
      value[it.name] = it.type === 'number' ? (text === '' ? null : Number(text)) : text;
      this.#changed();
    });
  }

  /** @param what whose times these are, for those who do not see */
  #spans(spans, what) {
    const time = (span, key, word) => html`<input type="time" aria-label="${what} ${word}" required .value=${span[key] ?? ''}
      @input=${(e) => { span[key] = e.target.value || null; this.#changed(); }}>`;
    return html`<div class="spans">
      ${spans.length === 0 ? html`<span class="quiet">Closed</span>` : nothing}
      ${spans.map((span, i) => html`<span class="span">${time(span, 'opens', 'opens')}<span aria-hidden="true">–</span>${time(span, 'closes', 'closes')}
        <button type="button" class="plain" aria-label="Remove ${what}, ${span.opens} to ${span.closes}" @click=${() => { spans.splice(i, 1); this.#changed(); }}>×</button></span>`)}
      ${spans.length < 4 ? html`<button type="button" class="plain" aria-label="Add times to ${what}" @click=${() => { spans.push({ ...EVENING }); this.#changed(); }}>Add times</button>` : nothing}</div>`;
  }

  #exception(it, i, all) {
    const wrong = this.#it.draft.error(`exceptions.${i}`);
    return html`<div class="day"><span><input type="date" aria-label="Special day ${i + 1}" required aria-invalid=${wrong ? 'true' : nothing} .value=${it.day}
        @input=${(e) => { it.day = e.target.value; this.#changed(); }}>${wrong ? html`<span class="error">${wrong}</span>` : nothing}</span>
      ${this.#spans(it.spans, it.day || `day ${i + 1}`)}
      <button type="button" class="plain" aria-label="Remove ${it.day || `day ${i + 1}`}" @click=${() => { all.splice(i, 1); this.#changed(); }}>Remove</button></div>`;
  }

  #table(it, i, all) {
    return html`<div class="pair">
      <input aria-label="Table ${i + 1}, name" required maxlength="50" .value=${it.name} @input=${(e) => { it.name = e.target.value; this.#changed(); }}>
      <input aria-label="Table ${i + 1}, seats" type="number" min="1" max="100" required .value=${String(it.seats ?? '')}
        @input=${(e) => { it.seats = e.target.value === '' ? null : Number(e.target.value); this.#changed(); }}>
      <button type="button" class="plain" aria-label="Remove table ${it.name}" @click=${() => { all.splice(i, 1); this.#changed(); }}>×</button></div>`;
  }

  #lost() {
    const mayStay = this.#unfit.every((it) => it.why === 'NOT_OPEN');
    return html`<div class="notice warn stack" role="alert" tabindex="-1">
      <span>Nothing is changed: ${this.#unfit.length === 1 ? 'a guest has' : 'guests have'} booked what would not be there any more.</span>
      <ul class="plainly">${this.#unfit.map((it) => html`<li><span class="mono">${it.code}</span>, ${at(it.startsAt, this.#it.known.timeZone)}, ${it.partySize} at ${it.table}: ${WHY[it.why] ?? it.why}</li>`)}</ul>
      ${mayStay ? html`<div class="actions"><button type="button" ?disabled=${this.#it.busy} @click=${() => this.#save(null, true)}>Save, and keep them booked</button></div>`
    : html`<span>Cancel them under <a href="#/reservations">Reservations</a> first.</span>`}</div>`;
  }

  #form() {
    const { value } = this.#it.draft;
    const wrong = (name) => (this.#it.draft.error(name) ? html`<span class="error" role="alert">${this.#it.draft.error(name)}</span>` : nothing);
    return html`<form id="restaurant" @submit=${(e) => this.#save(e)}>
      ${this.#it.notices(() => this.#save())}${this.#unfit ? this.#lost() : nothing}
      <fieldset class="card stack"><legend class="sr">Restaurant</legend><h2 aria-hidden="true">Restaurant</h2><div class="cols">
        ${this.#field({ name: 'name', label: 'Name', required: true, longest: 100 })}
        ${this.#field({ name: 'phone', label: 'Number', type: 'tel', required: true, hint: 'With country code. Calls to this number are about this restaurant.' })}
        ${this.#field({ name: 'timeZone', label: 'Time zone', required: true, list: 'zones', hint: 'All times here are in this zone.' })}
        <datalist id="zones">${Intl.supportedValuesOf('timeZone').map((zone) => html`<option value=${zone}></option>`)}</datalist></div></fieldset>
      <fieldset class="card stack"><legend class="sr">Opening hours</legend><h2 aria-hidden="true">Opening hours</h2>${wrong('hours')}${wrong('hours.week')}
        <div class="days">${DAYS.map(([day, word]) => html`<div class="day"><span class="weekday">${word}</span>${this.#spans(value.hours.week[day], word)}</div>`)}</div>
        <p class="quiet small">A closing time that is not after the opening time is on the next day.</p></fieldset>
      <fieldset class="card stack"><legend class="sr">Special days</legend><h2 aria-hidden="true">Special days</h2>${wrong('hours.exceptions')}
        <div class="days">${value.hours.exceptions.map((it, i, all) => this.#exception(it, i, all))}</div>
        <div><button type="button" class="plain" @click=${() => { value.hours.exceptions.push({ day: '', spans: [] }); this.#changed(); }}>Add a day</button></div></fieldset>
      <div class="grid2">
        <fieldset class="card stack"><legend class="sr">Rules</legend><h2 aria-hidden="true">Rules</h2><div class="cols">${RULES.map((it) => this.#field({ ...it, type: 'number', required: true }))}</div></fieldset>
        <fieldset class="card stack"><legend class="sr">Tables</legend><h2 aria-hidden="true">Tables</h2>${wrong('tables')}${wrong('tables.name')}${wrong('tables.seats')}
          <div class="stack tight"><div class="pair small quiet" aria-hidden="true"><span>Name</span><span>Seats</span></div>
          ${value.tables.map((it, i, all) => this.#table(it, i, all))}</div>
          <div><button type="button" class="plain" @click=${() => { value.tables.push({ name: '', seats: 2 }); this.#changed(); }}>Add a table</button></div></fieldset></div>
      ${this.#it.bar('#/reservations', 'Create restaurant', ['Close for good', 'It takes no more bookings then.', () => { location.hash = '#/reservations'; }])}
    </form>`;
  }

  #shown() {
    const spans = (all) => (all?.length ? all.map((it) => `${it.opens} – ${it.closes}`).join(', ') : 'Closed');
    const it = this.#it.known;
    return html`${it.closedAt ? nothing : html`<p class="notice">You need the admin scope to change it.</p>`}
      <section class="card" aria-label="Restaurant"><h2>Restaurant</h2><dl class="facts even"><dt>Number</dt><dd class="num">${it.phone}</dd><dt>Time zone</dt><dd>${it.timeZone}</dd>
        <dt>Tables</dt><dd>${it.tables.map((table) => `${table.name} (${table.seats})`).join(', ')}</dd>
        ${RULES.map((rule) => html`<dt>${rule.label}</dt><dd class="num">${it[rule.name]}</dd>`)}</dl></section>
      <section class="card" aria-label="Opening hours"><h2>Opening hours</h2><dl class="facts even">${DAYS.map(([day, word]) => html`<dt>${word}</dt><dd class="num">${spans(it.hours.week?.[day])}</dd>`)}
        ${Object.entries(it.hours.exceptions || {}).map(([day, own]) => html`<dt>${day}</dt><dd class="num">${spans(own)}</dd>`)}</dl></section>`;
  }

  render() {
    const open = this.#it.known?.closedAt === undefined || this.#it.known.closedAt === null;
    return html`
      <div class="head"><h1>${this.title}</h1>${open ? nothing : tone('Closed for good', 'quiet')}</div>
      ${this.#it.draft === null ? html`${problem(this.#it.error)}${this.#it.error ? html`<p><a href="#/reservations">Back to the reservations</a></p>` : loading()}`
    : open && this.app.can('admin') ? this.#form() : this.#shown()}`;
  }
}
