import { api, html, nothing } from './lib.js';
import { Draft } from './draft.js';

/** Puts whoever pressed the button where something is wrong. */
function focusWrong(form) {
  requestAnimationFrame(() => (form.querySelector('[aria-invalid="true"]') || form.querySelector('[role="alert"]'))?.focus());
}

/** Something that is made, changed by several at once, and deleted, by a form. */
export class Editing {
  known = null;
  draft = null;
  error = null;
  said = '';
  busy = false;
  #path;
  #typed;
  #redraw;
  #refused;
  #conflict = false;
  #asked = false;

  /**
   * @param path of the one that there is, null for a new one
   * @param typed what is typed, of what the server gives
   * @param refused takes a problem that is not about a field, where it knows it
   */
  constructor({ path, typed, redraw, refused = () => false }) {
    this.#path = path;
    this.#typed = typed;
    this.#redraw = redraw;
    this.#refused = refused;
  }

  begin(known) {
    this.known = known;
    this.#conflict = false;
    this.draft = new Draft(this.#typed(known));
  }

  async load() {
    try {
      this.begin(await api(this.#path));
      this.error = null;
    } catch (e) {
      this.error = e;
    }
  }

  get dirty() { return Boolean(this.draft?.dirty); }

  changed() {
    this.said = '';
    this.#redraw();
  }

  /** Says what is wrong without asking the server. */
  wrong(form, errors) {
    this.draft.errors = errors;
    this.#redraw();
    focusWrong(form);
  }

  /** @param send gives what is stored then */
  async save(form, send) {
    const done = await this.#do(async () => this.begin(await send()));
    if (!done) focusWrong(form);
    return done;
  }

  /** At the second time it is asked. */
  async remove() {
    if (!this.#asked) {
      this.#asked = true;
      this.#redraw();
      return false;
    }
    return this.#do(async () => {
      await api(this.#path, { method: 'DELETE', headers: { 'If-Match': `"${this.known.version}"` } });
      this.draft = null;
    });
  }

  async #do(work) {
    this.busy = true;
    this.error = null;
    this.said = '';
    this.draft.errors = {};
    this.#redraw();
    let done = false;
    try {
      await work();
      done = true;
    } catch (e) {
      if (e.status === 412) this.#conflict = true;
      else if (!this.#refused(e)) this.error = e;
      this.draft.errors = e.fields || {};
    }
    this.#asked = false;
    this.busy = false;
    this.#redraw();
    return done;
  }

  async #theirs() {
    await this.load();
    this.said = this.error ? '' : 'This is how it is now.';
    this.#redraw();
  }

  async #mine(save) {
    const found = await this.#do(async () => {
      this.draft.value.version = (await api(this.#path)).version;
      this.#conflict = false;
    });
    if (found) await save();
  }

  /** What stands above the fields. */
  notices(save) {
    return html`${this.error ? html`<p class="notice bad" role="alert" tabindex="-1">${this.error.message}</p>` : nothing}
      ${this.#conflict ? html`<div class="notice warn stack" role="alert" tabindex="-1">
        <span>Somebody else changed it, or deleted it, since you opened it. Nothing of yours is saved yet.</span>
        <div class="actions"><button type="button" @click=${() => this.#theirs()}>Show theirs, discard mine</button>
        <button type="button" @click=${() => this.#mine(save)}>Save mine over theirs</button></div></div>` : nothing}`;
  }

  /**
   * The buttons below the fields.
   *
   * @param back where one comes from
   * @param make the word on the button that makes a new one
   * @param gone the word for deleting one, what it means, and what is done then
   */
  bar(back, make, [word, meaning, gone]) {
    const is = this.#path !== null;
    return html`<div class="actions bar">
      <button class="primary" ?disabled=${this.busy || (is && !this.dirty)}>${this.busy ? 'Saving …' : is ? 'Save' : make}</button>
      <a class="button" href=${back}>${this.dirty ? 'Cancel' : 'Back'}</a>
      ${is ? html`<button type="button" class="danger" ?disabled=${this.busy}
        @click=${async () => { if (await this.remove()) gone(); }}>${this.#asked ? `Really ${word.toLowerCase()}` : word}</button>` : nothing}
      <span class="quiet" role="status">${this.#asked ? meaning : this.said || (this.dirty ? 'Not saved yet' : '')}</span></div>`;
  }
}
