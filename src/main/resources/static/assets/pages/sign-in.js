import { api, html, nothing } from '../lib.js';

export class SignIn {
  #error = '';
  #busy = false;

  constructor(done) { this.done = done; }

  async #submit(e) {
    e.preventDefault();
    const form = new FormData(e.target);
    this.#busy = true;
    this.#error = '';
    try {
      await api('/login', { method: 'POST', body: { username: form.get('username'), password: form.get('password') } });
    } catch (problem) {
      this.#error = problem.status === 401 ? 'That name and password do not match.' : problem.message;
    }
    this.#busy = false;
    await this.done();
  }

  render() {
    document.title = 'Sign in · Callbridge';
    return html`
      <main class="login">
        <div class="brand"><img src="/assets/icon.svg" alt="">Callbridge</div>
        <form class="card" @submit=${(e) => this.#submit(e)}>
          <h1>Sign in</h1>
          ${this.#error ? html`<p class="notice bad" role="alert">${this.#error}</p>` : nothing}
          <label>Name<input name="username" autocomplete="username" required autofocus></label>
          <label>Password<input name="password" type="password" autocomplete="current-password" required></label>
          <button class="primary" ?disabled=${this.#busy}>${this.#busy ? 'Signing in …' : 'Sign in'}</button>
        </form>
      </main>`;
  }
}
