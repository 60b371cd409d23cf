import { html, nothing } from '../lib.js';
import * as f from '../format.js';
import { badge, callTable, empty, who } from './parts.js';

export class Live {
  title = 'Live';

  constructor(app) { this.app = app; }

  #words(call) {
    const turn = this.app.stream.lastWords(call.id);
    if (!turn) return html`<span class="quiet">–</span>`;
    return html`<span class="sr">${turn.role === 'AGENT' ? 'Agent' : 'Caller'}:</span> ${turn.corrected ?? turn.text}`;
  }

  #voices(call) {
    const { caller = 0, agent = 0 } = this.app.stream.levels[call.id] || {};
    return html`<div class="voices">
      <span aria-hidden="true">Caller</span><meter aria-label="Caller's level" min="0" max="100" .value=${caller}></meter>
      <span aria-hidden="true">Agent</span><meter aria-label="Agent's level" min="0" max="100" .value=${agent}></meter>
    </div>`;
  }

  render() {
    const { stream } = this.app;
    const { live } = stream;
    const ended = stream.ended.slice(0, 8);
    return html`
      <div class="head"><h1>Live calls</h1>
        ${this.app.can('calls:write') ? html`<a class="button primary" href="#/new">Place a call</a>` : nothing}</div>
      <section class="card flush" aria-label="Live calls">
        ${live.length ? callTable(live, [
          ['Who', who],
          ['State', badge],
          ['Direction', f.towards],
          ['Assistant', (call) => call.assistant],
          ['Duration', (call) => html`<span class="num">${f.seconds(f.duration(call))}</span>`],
          ['Audio', (call) => this.#voices(call)],
          ['Last words', (call) => html`<div class="words">${this.#words(call)}</div>`, 'wide'],
        ], 'Live calls') : empty(
          stream.state === 'live' ? 'No calls right now' : 'Connecting to the live stream',
          'Calls appear here as they start and update on their own.',
          this.app.can('calls:write') ? html`<div class="actions"><a class="button" href="#/new">Make a test call</a></div>` : nothing)}
      </section>
      ${ended.length ? html`<section class="stack" aria-labelledby="just-ended">
        <div class="head"><h2 id="just-ended">Recently ended</h2><a href="#/calls">All calls</a></div>
        <div class="card flush">${callTable(ended, [
          ['Who', who],
          ['Outcome', badge],
          ['Direction', f.towards],
          ['Assistant', (call) => call.assistant],
          ['Duration', (call) => html`<span class="num">${f.seconds(f.duration(call))}</span>`],
          ['Ended', (call) => html`<span class="num">${f.when(call.timings.ended)}</span>`],
        ], 'Recently ended calls')}</div></section>` : nothing}`;
  }
}
