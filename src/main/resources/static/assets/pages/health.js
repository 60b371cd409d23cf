import { api, html, nothing } from '../lib.js';
import * as f from '../format.js';
import { Chart } from '../chart.js';
import { loading, problem } from './parts.js';

const EVERY_MS = 10_000;
const SPANS = [[60, 'Last hour'], [360, 'Last 6 hours'], [1440, 'Last day']];

export class Health {
  title = 'Health';
  #stats = null;
  #error = null;
  #minutes = 60;
  #charts = new Map();
  #timer;

  constructor(app) { this.app = app; }

  enter() {
    this.#load();
    this.#timer = setInterval(() => this.#load(), EVERY_MS);
  }

  leave() {
    clearInterval(this.#timer);
    this.#charts.forEach((chart) => chart.destroy());
    this.#charts.clear();
  }

  async #load() {
    try {
      this.#stats = await api(`/api/v1/stats?minutes=${this.#minutes}`);
      this.#error = null;
    } catch (e) {
      this.#error = e;
    }
    this.app.redraw();
  }

  drawn() {
    if (!this.#stats) return;
    const { buckets, latency } = this.#stats;
    const labels = buckets.map((b) => f.when(b.at).replace(/:\d\d(?=$|\s)/, ''));
    const outcomes = [...new Set(buckets.flatMap((b) => Object.keys(b.outcomes)))].sort();
    this.#chart('calls', 'bar', labels, [{ name: 'Calls', values: buckets.map((b) => b.calls) }]);
    this.#chart('outcomes', 'bar', labels, outcomes.map((name) => ({ name: f.outcome(name), tone: f.status({ outcome: name }).tone, values: buckets.map((b) => b.outcomes[name] || 0) })), true);
    this.#chart('answer', 'line', labels, [{ name: 'Median', values: buckets.map((b) => b.agentMs?.p50 ?? null) }, { name: '95th percentile', values: buckets.map((b) => b.agentMs?.p95 ?? null) }]);
    this.#chart('latency', 'bar', latency[0]?.buckets.map((b) => b.upToMs == null ? 'more' : `≤ ${b.upToMs}`) || [],
      latency.map((direction) => ({ name: direction.direction === 'caller_to_agent' ? 'Caller to agent' : 'Agent to caller', values: direction.buckets.map((b) => b.count) })));
  }

  #chart(id, kind, labels, series, stacked = false) {
    const canvas = document.getElementById(`chart-${id}`);
    if (!canvas) return;
    const chart = this.#charts.get(id);
    if (chart?.canvas === canvas) chart.update(labels, series);
    else {
      chart?.destroy();
      this.#charts.set(id, new Chart(canvas, kind, labels, series, stacked));
    }
  }

  #figure(id, title, about) {
    return html`<figure class="card"><h2 id="title-${id}">${title}</h2><figcaption class="quiet small">${about}</figcaption>
      <div class="chart"><canvas id="chart-${id}" role="img" aria-labelledby="title-${id}"></canvas></div></figure>`;
  }

  render() {
    const s = this.#stats;
    const share = s && s.reached.of ? `${Math.round((100 * s.reached.completed) / s.reached.of)}%` : '–';
    return html`
      <div class="head"><h1>Health</h1>
        <select aria-label="Time span" @change=${(e) => { this.#minutes = Number(e.target.value); this.#load(); }}>
          ${SPANS.map(([minutes, name]) => html`<option value=${minutes} ?selected=${minutes === this.#minutes}>${name}</option>`)}</select></div>
      ${problem(this.#error)}
      ${s ? html`
        <div class="stats">
          <div class="card stat"><span class="quiet">Calls now</span><b>${s.active}</b><span class="quiet small">of ${s.limit} on this instance</span></div>
          <div class="card stat"><span class="quiet">Calls</span><b>${s.buckets.reduce((n, b) => n + b.calls, 0)}</b><span class="quiet small">${SPANS.find(([m]) => m === this.#minutes)[1].toLowerCase()}</span></div>
          <div class="card stat"><span class="quiet">Reached their agent</span><b>${share}</b><span class="quiet small">of calls meant for an agent</span></div>
          <div class="card stat"><span class="quiet">Agent ready after</span><b>${s.agentMs?.p50 == null ? '–' : f.offset(Math.round(s.agentMs.p50))}</b><span class="quiet small">median, after pickup</span></div>
        </div>
        <div class="cols">
          ${this.#figure('calls', 'Calls', s.bucketMinutes === 1 ? 'per minute' : `per ${s.bucketMinutes} minutes`)}
          ${this.#figure('outcomes', 'Outcomes', 'of the calls that started then')}
          ${this.#figure('answer', 'Agent ready after', 'milliseconds after pickup')}
          ${this.#figure('latency', 'Latency added by Callbridge', 'audio frames by milliseconds, this instance since it started')}
        </div>` : this.#error ? nothing : loading()}`;
  }
}
