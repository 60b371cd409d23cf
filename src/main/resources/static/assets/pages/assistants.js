import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { empty, loading, problem, tone } from './parts.js';

export const KINDS = { ELEVENLABS: 'ElevenLabs', OWN: 'Own', ANNOUNCEMENT: 'Announcement' };
export const SOURCES = { CONFIGURED: ['Settings', 'quiet'], STORED: ['Stored', 'live'] };

const list = (values) => (values?.length ? values.join(', ') : html`<span class="quiet">–</span>`);

export class Assistants {
  title = 'Assistants';
  #assistants = null;
  #error = null;
  #filter = '';

  constructor(app) { this.app = app; }

  async enter() {
    try {
      this.#assistants = (await api('/api/v1/assistants')).assistants
        .sort((a, b) => (b.source === 'STORED') - (a.source === 'STORED') || a.name.localeCompare(b.name));
    } catch (e) {
      this.#error = e;
    }
    this.app.redraw();
  }

  #row(it) {
    const [word, kind] = SOURCES[it.source] || [f.words(it.source), 'quiet'];
    return html`<tr>
      <td><a class="row name" title=${it.name} href="#/assistants/${it.name}">${it.name}</a></td>
      <td>${tone(word, kind)}</td>
      <td class="wide">${KINDS[it.kind] || f.words(it.kind)}${it.kind === 'ELEVENLABS' && it.agentId ? html`<div class="mono quiet code">${it.agentId}</div>` : nothing}
        ${it.firstMessage ? html`<div class="words" title="First message">${it.firstMessage}</div>` : nothing}</td>
      <td class="wide" data-label="Language">${it.language || html`<span class="quiet">–</span>`}</td>
      <td class="wide" data-label="Tools">${list(it.tools)}</td>
      <td class="num wide" data-label="Numbers">${list(it.numbers)}${it.handOffNumber ? html`<div class="quiet small">hands off to ${it.handOffNumber}</div>` : nothing}</td></tr>`;
  }

  render() {
    const sought = (this.#assistants || []).filter((it) => it.name.toLowerCase().includes(this.#filter));
    return html`
      <div class="head"><h1>Assistants</h1><div class="actions">
        <input type="search" aria-label="Filter assistants by name" placeholder="Filter by name" @input=${(e) => { this.#filter = e.target.value.trim().toLowerCase(); this.app.redraw(); }}>
        ${this.app.can('admin') ? html`<a class="button primary" href="#/assistants/+new">New assistant</a>` : nothing}</div></div>
      ${problem(this.#error)}
      ${this.#assistants === null ? (this.#error ? nothing : loading()) : html`<section class="card flush" aria-label="Assistants">
        ${sought.length ? html`<div class="scroll"><table class="cards" aria-label="Assistants">
          <thead><tr>${['Name', 'Source', 'Agent', 'Language', 'Tools', 'Numbers'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${sought.map((it) => this.#row(it))}</tbody></table></div>`
    : this.#filter ? empty('No assistants found', 'No assistant has that in its name.')
      : empty('No assistants yet', 'Configure them in application.yml or create one here.')}</section>`}`;
  }
}
