import { api, html, nothing } from '../lib.js';
import { listed } from '../draft.js';
import { Editing } from '../editing.js';
import * as f from '../format.js';
import { check, control } from './fields.js';
import { BLANK, GROUPS, SENTENCES } from './assistant-fields.js';
import { KINDS, SOURCES } from './assistants.js';
import { loading, problem, tone } from './parts.js';

const PATH = '/api/v1/assistants';

const asText = (it, value) => (it.isList ? (value || []).join(', ') : String(value ?? ''));
const fromText = (it, text) => {
  if (it.isList) return text;
  if (it.isNumber) return text === '' ? null : Number(text);
  return text === '' ? null : text;
};

/** Lists are texts, and languages a list, for as long as they are typed. */
function typed(it) {
  const value = { ...it, sentences: Object.entries(it.sentences || {}).map(([language, own]) => ({ language, ...own })) };
  for (const each of GROUPS.flatMap(([, fields]) => fields)) if (each.isList) value[each.name] = asText(each, it[each.name]);
  return value;
}

/** One assistant: changed here when it is stored and of ElevenLabs's, else shown. */
export class Assistant {
  title = 'Assistant';
  #name;
  #it;

  constructor(app, name) {
    this.app = app;
    this.#name = name === undefined ? null : decodeURIComponent(name);
    this.title = this.#name ?? 'New assistant';
    this.#it = new Editing({ path: this.#name === null ? null : `${PATH}/${encodeURIComponent(this.#name)}`, typed, redraw: () => app.redraw() });
  }

  async enter() {
    if (this.#name === null) this.#it.begin(BLANK);
    else await this.#it.load();
    this.app.redraw();
  }

  unsaved() { return this.#it.dirty; }

  get #mayChange() {
    return this.app.can('admin') && (this.#name === null || (this.#it.known?.source === 'STORED' && this.#it.known.kind === 'ELEVENLABS'));
  }

  #body() {
    const { source, ...body } = structuredClone(this.#it.draft.value);
    for (const each of GROUPS.flatMap(([, fields]) => fields)) if (each.isList) body[each.name] = listed(body[each.name]);
    body.sentences = Object.fromEntries(body.sentences.map(({ language, ...own }) => [language.trim(), own]));
    return body;
  }

  async #save(e) {
    e?.preventDefault();
    const form = document.getElementById('assistant');
    const languages = this.#it.draft.value.sentences.map((it) => it.language.trim());
    const twice = languages.find((it, i) => it === '' || languages.indexOf(it) !== i);
    if (twice !== undefined) {
      this.#it.wrong(form, { [`sentences.${languages.lastIndexOf(twice)}.language`]: twice ? 'is there twice' : 'is missing' });
      return;
    }
    const body = this.#body();
    const done = await this.#it.save(form, () => (this.#name === null
      ? api(PATH, { method: 'POST', body }) : api(`${PATH}/${encodeURIComponent(this.#name)}`, { method: 'PUT', body })));
    if (done && this.#name === null) location.hash = `#/assistants/${this.#it.known.name}`;
    else if (done) this.#it.said = 'Saved. New calls use it.';
    this.app.redraw();
  }

  #set(target, it) {
    return (text) => {
      target[it.name] = it.isFlag ? text : fromText(it, text);
      this.#it.changed();
    };
  }

  #field(it) {
    const { value } = this.#it.draft;
    const change = this.#set(value, it);
    if (it.isFlag) return check(it.name, it.label, value[it.name], change);
    const fixed = it.name === 'name' && this.#name !== null;
    return control({ ...it, fixed }, it.isList ? value[it.name] : asText(it, value[it.name]), this.#it.draft.error(it.name, it.words), change);
  }

  #language(own, i) {
    const at = `sentences.${i}`;
    const wrong = (name, words) => this.#it.draft.error(`${at}.${name}`) || this.#it.draft.error(`sentences.${own.language.trim()}.${name}`, words);
    return html`<fieldset class="field stack inner"><legend>${own.language ? `In ${own.language}` : 'In another language'}</legend>
      <div class="cols">
        ${control({ name: `${at}.language`, label: 'Language', required: true, longest: 8, hint: 'Such as de or de-AT' }, own.language,
    wrong('language') || (/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(own.language.trim()) ? undefined : this.#it.draft.error('sentences.?')), this.#set(own, { name: 'language', isList: true }))}
        ${SENTENCES.map((it) => control({ ...it, name: `${at}.${it.name}`, required: it.name !== 'voicemailMessage' }, own[it.name] ?? '', wrong(it.name, it.words), this.#set(own, it)))}
      </div>
      <div><button type="button" class="plain" @click=${() => { this.#it.draft.value.sentences.splice(i, 1); this.app.redraw(); }}>Remove ${own.language || 'this language'}</button></div></fieldset>`;
  }

  #form() {
    return html`<form id="assistant" novalidate @submit=${(e) => this.#save(e)}>
      ${this.#it.notices(() => this.#save())}
      ${GROUPS.map(([title, fields]) => html`<fieldset class="card stack"><legend class="sr">${title}</legend><h2 aria-hidden="true">${title}</h2>
        <div class="cols">${fields.map((it) => this.#field(it))}</div></fieldset>`)}
      <fieldset class="card stack"><legend class="sr">In other languages</legend><h2 aria-hidden="true">In other languages</h2>
        <p class="quiet small">Calls in one of these languages use its sentences instead of those above.</p>
        ${this.#it.draft.value.sentences.map((own, i) => this.#language(own, i))}
        <div><button type="button" class="plain" @click=${() => { this.#it.draft.value.sentences.push({ language: '', ...Object.fromEntries(SENTENCES.map((it) => [it.name, null])) }); this.app.redraw(); }}>Add a language</button></div></fieldset>
      ${this.#it.bar('#/assistants', 'Create assistant', ['Delete', 'Its calls are answered by “default” from then on.', () => { location.hash = '#/assistants'; }])}
    </form>`;
  }

  #why() {
    if (this.#it.known.source === 'CONFIGURED') return 'Configured in application.yml under callbridge.assistants. Change it there.';
    if (!this.app.can('admin')) return 'You need the admin scope to change it.';
    return 'Assistants of this kind are changed by the API.';
  }

  #shown() {
    const value = (it) => {
      const own = this.#it.known[it.name];
      if (it.isFlag) return own ? 'yes' : 'no';
      if (it.options) return it.options.find(([option]) => option === own)?.[1] ?? f.words(own);
      return asText(it, own) || html`<span class="quiet">–</span>`;
    };
    return html`<p class="notice">${this.#why()}</p>
      ${GROUPS.map(([title, fields]) => html`<section class="card" aria-label=${title}><h2>${title}</h2>
        <dl class="facts even">${fields.map((it) => html`<dt>${it.label}</dt><dd>${value(it)}</dd>`)}</dl></section>`)}
      ${Object.entries(this.#it.known.sentences || {}).map(([language, own]) => html`<section class="card" aria-label="In ${language}"><h2>In ${language}</h2>
        <dl class="facts even">${SENTENCES.map((it) => html`<dt>${it.label}</dt><dd>${own[it.name] ?? '–'}</dd>`)}</dl></section>`)}`;
  }

  render() {
    const [word, kind] = SOURCES[this.#it.known?.source] || [];
    return html`
      <div class="head"><h1>${this.title}</h1>${word ? html`<span class="actions">${tone(KINDS[this.#it.known.kind] || f.words(this.#it.known.kind), 'quiet')}${tone(word, kind)}</span>` : nothing}</div>
      ${this.#it.draft === null ? html`${problem(this.#it.error)}${this.#it.error ? html`<p><a href="#/assistants">Back to the assistants</a></p>` : loading()}`
    : this.#name === null && !this.app.can('admin') ? html`<p class="notice warn">You need the admin scope to create assistants.</p>`
      : this.#mayChange ? this.#form() : this.#shown()}`;
  }
}
