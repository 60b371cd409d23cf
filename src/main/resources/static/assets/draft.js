import { html, render } from './lib.js';

/** A list is typed with commas, spaces or line breaks between. */
export const listed = (text) => text.split(/[\s,;]+/).filter(Boolean);

/** Patterns are for programs: people are told in words. */
const worded = (wrong, words) => (words && wrong.startsWith('does not match') ? words : wrong);

/** What is typed into a form and not saved yet, beside what is wrong with it. */
export class Draft {
  #saved;
  errors = {};

  constructor(value) {
    this.value = structuredClone(value);
    this.#saved = JSON.stringify(this.value);
  }

  get dirty() { return JSON.stringify(this.value) !== this.#saved; }

  /**
   * What is wrong with a field, or with the first of its entries that is wrong.
   *
   * @param words said where the value does not have the form it should have
   */
  error(name, words) {
    if (this.errors[name]) return worded(this.errors[name], words);
    const [field, wrong] = Object.entries(this.errors).find(([each]) => each.startsWith(`${name}[`)) || [];
    return field && `${listed(this.value[name])[parseInt(field.slice(name.length + 1), 10)]}: ${worded(wrong, words)}`;
  }
}

/** Asks whether what was typed may be lost. */
export function askToDiscard(discard) {
  if (document.querySelector('dialog')) return;
  const before = document.activeElement;
  const dialog = document.createElement('dialog');
  dialog.setAttribute('aria-labelledby', 'unsaved');
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (dialog.returnValue === 'discard') discard();
    else before?.focus?.();
  });
  render(html`<form method="dialog">
    <h2 id="unsaved">Leave without saving?</h2>
    <p class="quiet">What you have changed on this page is not saved yet.</p>
    <div class="actions"><button value="stay" class="primary" autofocus>Stay here</button><button value="discard" class="danger">Discard changes</button></div>
  </form>`, dialog);
  document.body.append(dialog);
  dialog.showModal();
}
