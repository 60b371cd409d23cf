import { api, html, nothing } from '../lib.js';

const SANDBOX_NUMBERS = [
  ['+15550002000', 'answers and books a table'],
  ['+15550002001', 'is busy'],
  ['+15550002002', 'is not answered'],
  ['+15550002007', 'is a voicemail'],
];

export class NewCall {
  title = 'Place a call';
  #variables = [{ name: '', value: '' }];
  #assistants = [];
  #assistant = '';
  #required = {};
  #problem = null;
  #busy = false;
  // One key for one form: pressing twice rings once.
  #key = crypto.randomUUID();

  constructor(app) { this.app = app; }

  /** Without the list a name can still be typed. */
  async enter() {
    if (!this.app.can('calls:read')) return;
    try {
      this.#assistants = (await api('/api/v1/assistants')).assistants;
    } catch (problem) {
      this.#problem = problem;
    }
    this.app.redraw();
  }

  /** What the chosen assistant cannot do without. */
  #needed() {
    const name = this.#assistant.trim() || 'default';
    return this.#assistants.find((it) => it.name === name)?.requiredVariables ?? [];
  }

  async #place(e) {
    e.preventDefault();
    const form = new FormData(e.target);
    const text = (name) => String(form.get(name) || '').trim();
    const body = { to: text('to').replace(/[\s()-]/g, '') };
    if (text('assistant')) body.assistant = text('assistant');
    if (text('firstMessage')) body.firstMessage = text('firstMessage');
    if (form.get('machineDetection')) body.machineDetection = true;
    const variables = [
      ...this.#variables.filter(({ name }) => name.trim()),
      ...this.#needed().filter((name) => this.#required[name]).map((name) => ({ name, value: this.#required[name] }))];
    if (variables.length) body.variables = Object.fromEntries(variables.map(({ name, value }) => [name.trim(), value]));
    this.#busy = true;
    this.#problem = null;
    this.app.redraw();
    try {
      const call = await api('/api/v1/calls', { method: 'POST', body, headers: { 'Idempotency-Key': this.#key } });
      location.hash = `#/calls/${call.id}`;
    } catch (problem) {
      this.#problem = problem;
      // It was refused: what is sent next is another request.
      if (problem.status) this.#key = crypto.randomUUID();
    }
    this.#busy = false;
    this.app.redraw();
  }

  #wrong(field) {
    const text = this.#problem?.fields?.[field];
    return text ? html`<span class="error" id="${field}-wrong">${text}</span>` : nothing;
  }

  #variable(it, i) {
    const set = (key) => (e) => { it[key] = e.target.value; };
    return html`<div class="pair">
      <input aria-label="Variable ${i + 1} name" placeholder="name" .value=${it.name} @input=${set('name')}>
      <input aria-label="Variable ${i + 1} value" placeholder="value" .value=${it.value} @input=${set('value')}>
      <button type="button" aria-label="Remove variable ${i + 1}" @click=${() => { this.#variables.splice(i, 1); this.app.redraw(); }}>×</button></div>`;
  }

  render() {
    if (!this.app.can('calls:write')) return html`<p class="notice warn">Placing calls requires the scope calls:write.</p>`;
    const { sandbox } = this.app;
    return html`
      <div class="head"><h1>Place a call</h1></div>
      <div class="grid2">
        <form class="card" @submit=${(e) => this.#place(e)}>
          ${this.#problem ? html`<p class="notice bad" role="alert">${this.#problem.message}</p>` : nothing}
          <label>Number to call<input name="to" type="tel" inputmode="tel" required placeholder="+15550002000" .defaultValue=${sandbox ? '+15550002000' : ''}
            aria-invalid=${this.#problem?.fields?.to ? 'true' : nothing} list="numbers" autocomplete="off">${this.#wrong('to')}
            <span class="hint">Include the country code.</span></label>
          ${sandbox ? html`<datalist id="numbers">${SANDBOX_NUMBERS.map(([number, what]) => html`<option value=${number}>${what}</option>`)}</datalist>` : nothing}
          <label>Assistant<input name="assistant" placeholder="default" autocomplete="off" list="assistants"
            @input=${(e) => { this.#assistant = e.target.value; this.app.redraw(); }}>${this.#wrong('assistant')}</label>
          <datalist id="assistants">${this.#assistants.map((it) => html`<option value=${it.name}></option>`)}</datalist>
          ${this.#needed().map((name) => html`<label>${name}<input required autocomplete="off" data-variable=${name} .value=${this.#required[name] ?? ''}
            @input=${(e) => { this.#required[name] = e.target.value; }}>${this.#wrong(`variables.${name}`)}</label>`)}
          <label>First message<input name="firstMessage" placeholder="The agent's own greeting" autocomplete="off">${this.#wrong('firstMessage')}
            <span class="hint">The agent's security settings must allow this override.</span></label>
          <fieldset class="field"><legend class="sr">Variables</legend>
            <span>Variables for the agent</span>${this.#wrong('variables')}
            ${this.#variables.map((it, i) => this.#variable(it, i))}
            <div><button type="button" class="plain" @click=${() => { this.#variables.push({ name: '', value: '' }); this.app.redraw(); }}>Add a variable</button></div></fieldset>
          <label class="check"><input type="checkbox" name="machineDetection">Detect answering machines</label>
          <div class="actions"><button class="primary" ?disabled=${this.#busy}>${this.#busy ? 'Calling …' : 'Call'}</button></div>
        </form>
        <section class="card stack">
          <h2>${sandbox ? 'Sandbox numbers' : 'Before the first call'}</h2>
          ${sandbox
            ? html`<p class="quiet">No phone rings. Each number behaves differently:</p><dl class="facts">${SANDBOX_NUMBERS.map(([number, what]) => html`<dt class="num">${number}</dt><dd>${what}</dd>`)}</dl>`
            : html`<p class="quiet">This rings a real phone. <a href="#/diagnostics">Diagnostics</a> shows whether a call would reach its agent right now.</p>`}
        </section>
      </div>`;
  }
}
