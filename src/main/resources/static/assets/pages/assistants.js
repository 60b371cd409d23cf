import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { empty, loading, problem, tone } from './parts.js';

export const KINDS = { ELEVENLABS: 'ElevenLabs', OWN: 'Own', ANNOUNCEMENT: 'Announcement' };
export const SOURCES = { CONFIGURED: ['Settings', 'quiet'], STORED: ['Stored', 'live'] };

const list = (values) => (values?.length ? values.join(', ') : html`<span class="quiet">none</span>`);

export class Assistants {
  title = 'Assistants';
  #assistants = null;
  #error = null;

  constructor(app) { this.app = app; }

  async enter() {
    try {
      this.#assistants = (await api('/api/v1/assistants')).assistants;
    } catch (e) {
      this.#error = e;
    }
    this.app.redraw();
  }

  #row(it) {
    const [word, kind] = SOURCES[it.source] || [f.words(it.source), 'quiet'];
    return html`<tr>
      <td><a class="row" href="#/assistants/${it.name}">${it.name}</a></td>
      <td>${tone(word, kind)}</td>
      <td class="wide">${KINDS[it.kind] || f.words(it.kind)}${it.kind === 'ELEVENLABS' && it.agentId ? html` <span class="mono quiet">${it.agentId}</span>` : nothing}
        ${it.firstMessage ? html`<div class="words" title="First words">${it.firstMessage}</div>` : nothing}</td>
      <td class="wide" data-label="Language">${it.language || html`<span class="quiet">the agent's</span>`}</td>
      <td class="wide" data-label="Tools">${list(it.tools)}</td>
      <td class="num wide" data-label="Numbers">${list(it.numbers)}${it.handOffNumber ? html`<div class="quiet small">hands off to ${it.handOffNumber}</div>` : nothing}</td></tr>`;
  }

  render() {
    return html`
      <div class="head"><h1>Assistants</h1>${this.app.can('admin') ? html`<a class="button primary" href="#/assistants/+new">New assistant</a>` : nothing}</div>
      ${problem(this.#error)}
      ${this.#assistants === null ? (this.#error ? nothing : loading()) : html`<section class="card flush" aria-label="Assistants">
        ${this.#assistants.length ? html`<div class="scroll"><table class="cards" aria-label="Assistants">
          <thead><tr>${['Name', 'From', 'Agent', 'Language', 'Tools', 'Numbers'].map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
          <tbody>${this.#assistants.map((it) => this.#row(it))}</tbody></table></div>`
    : empty('There is no assistant', 'Assistants are in the settings, or made here.')}</section>`}`;
  }
}
