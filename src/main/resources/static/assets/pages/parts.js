import { html, nothing } from '../lib.js';
import * as f from '../format.js';

export const badge = (call) => {
  const { label, tone } = f.status(call);
  return html`<span class="badge ${tone}">${label}</span>`;
};

export const tone = (label, kind) => html`<span class="badge ${kind}">${label}</span>`;

export const problem = (e) => (e ? html`<p class="notice bad" role="alert">${e.message}</p>` : nothing);

export const loading = () => html`<p class="loading" role="status">Loading …</p>`;

export const empty = (title, text, action = nothing) =>
  html`<div class="empty"><strong>${title}</strong><p>${text}</p>${action}</div>`;

/** @param columns pairs of a heading and a function of the call; a third entry is a class */
export const callTable = (calls, columns, label) => html`
  <div class="scroll"><table class="cards" aria-label=${label}>
    <thead><tr>${columns.map(([name]) => html`<th scope="col">${name}</th>`)}</tr></thead>
    <tbody>${calls.map((call) => html`<tr>${columns.map(([, cell, kind]) => html`<td class=${kind || ''}>${cell(call)}</td>`)}</tr>`)}</tbody>
  </table></div>`;

export const who = (call) => html`<a class="row num" href="#/calls/${call.id}">${f.other(call) || 'Unknown'}</a>`;
