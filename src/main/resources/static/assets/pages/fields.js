import { html, nothing } from '../lib.js';

const idOf = (name) => `f-${name.replace(/[^A-Za-z0-9]+/g, '-')}`;

const described = (id, hint, wrong) => [hint && `${id}-hint`, wrong && `${id}-wrong`].filter(Boolean).join(' ') || nothing;

const framed = (id, label, hint, wrong, input) => html`<div class="field"><label for=${id}>${label}</label>${input}
  ${hint ? html`<span class="hint" id="${id}-hint">${hint}</span>` : nothing}
  ${wrong ? html`<span class="error" id="${id}-wrong">${wrong}</span>` : nothing}</div>`;

/**
 * One labelled control, with its hint and what is wrong with it.
 *
 * @param it name, label, and what an input has: type, required, min, max, placeholder, hint, rows, options, list
 * @param value as text
 * @param change takes the text that was typed
 */
export function control(it, value, wrong, change) {
  const id = idOf(it.name);
  const about = described(id, it.hint, wrong);
  const invalid = wrong ? 'true' : nothing;
  const typed = (e) => change(e.target.value);
  if (it.options) {
    return framed(id, it.label, it.hint, wrong, html`<select id=${id} name=${it.name} aria-describedby=${about} aria-invalid=${invalid} @change=${typed}>
      ${it.options.map(([option, word]) => html`<option value=${option} ?selected=${option === value}>${word}</option>`)}</select>`);
  }
  if (it.rows) {
    return framed(id, it.label, it.hint, wrong, html`<textarea id=${id} name=${it.name} rows=${it.rows} maxlength="4000" aria-describedby=${about}
      aria-invalid=${invalid} placeholder=${it.placeholder ?? nothing} ?required=${it.required} .value=${value} @input=${typed}></textarea>`);
  }
  return framed(id, it.label, it.hint, wrong, html`<input id=${id} name=${it.name} type=${it.type || 'text'} autocomplete="off" spellcheck="false"
    aria-describedby=${about} aria-invalid=${invalid} placeholder=${it.placeholder ?? nothing} ?required=${it.required} min=${it.min ?? nothing}
    max=${it.max ?? nothing} maxlength=${it.longest ?? nothing} list=${it.list ?? nothing} ?readonly=${it.fixed} .value=${value} @input=${typed}>`);
}

export const check = (name, label, value, change) => html`<label class="check"><input type="checkbox" name=${name} .checked=${value}
  @change=${(e) => change(e.target.checked)}>${label}</label>`;
