import { api, html, nothing } from '../lib.js';
import { loading, problem, tone } from './parts.js';

const STATES = { PASSED: ['Passed', 'good'], FAILED: ['Failed', 'bad'], WARNING: ['Warning', 'warn'], SKIPPED: ['Skipped', 'quiet'] };

export class Diagnostics {
  title = 'Diagnostics';
  #result = null;
  #error = null;
  #busy = false;
  #assistant = '';

  constructor(app) { this.app = app; }

  enter() { this.#check(); }

  async #check() {
    this.#busy = true;
    this.app.redraw();
    try {
      const assistant = this.#assistant ? `?assistant=${encodeURIComponent(this.#assistant)}` : '';
      this.#result = await api(`/api/v1/diagnostics${assistant}`);
      this.#error = null;
    } catch (e) {
      this.#error = e;
    }
    this.#busy = false;
    this.app.redraw();
  }

  #verdict(steps) {
    const failed = steps.find((step) => step.state === 'FAILED');
    if (failed) return html`<p class="notice bad" role="status">A call would not reach its agent right now. First failed check: ${failed.title}.</p>`;
    return steps.some((step) => step.state === 'WARNING')
      ? html`<p class="notice warn" role="status">A call would reach its agent. Some settings still need attention.</p>`
      : html`<p class="notice good" role="status">A call would reach its agent right now.</p>`;
  }

  render() {
    const steps = this.#result?.steps;
    return html`
      <div class="head"><h1>Diagnostics</h1>
        <form class="filters" @submit=${(e) => { e.preventDefault(); this.#assistant = new FormData(e.target).get('assistant').trim(); this.#check(); }}>
          <label><span class="sr">Assistant</span><input name="assistant" placeholder="default" .value=${this.#assistant}></label>
          <button ?disabled=${this.#busy}>${this.#busy ? 'Checking …' : 'Check again'}</button></form></div>
      ${problem(this.#error)}
      ${steps ? html`${this.#verdict(steps)}
        <section class="card flush" aria-label="Steps"><ol class="checks">${steps.map((step) => {
          const [word, kind] = STATES[step.state] || [step.state, 'quiet'];
          return html`<li><div>${tone(word, kind)}</div><div><h2>${step.title}</h2>
            ${step.detail ? html`<p class="quiet">${step.detail}</p>` : nothing}</div>
            ${step.remedy ? html`<p class="remedy"><strong>What to do:</strong> ${step.remedy}</p>` : nothing}</li>`;
        })}</ol></section>` : this.#error ? nothing : loading()}`;
  }
}
