// The one place that knows where the libraries are.
export { html, render, nothing } from '/webjars/lit-html/lit-html.js';
export { repeat } from '/webjars/lit-html/directives/repeat.js';

/** A request that was refused, in the words of its RFC 9457 problem. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `The server answered ${status}.`);
    this.status = status;
    this.body = body;
    /** field name to what is wrong with it */
    this.fields = Object.fromEntries((body.errors || []).map((e) => [e.field, e.problem]));
  }
}

/** What the server says of itself with every answer. */
export const server = { sandbox: false, simulated: [] };

let onSignedOut = () => {};
export const whenSignedOut = (then) => { onSignedOut = then; };

const cookie = (name) =>
  document.cookie.split('; ').find((c) => c.startsWith(name + '='))?.slice(name.length + 1);

/** Fetches JSON, and sends it, or a blob as what it is. Unsafe methods carry the CSRF token. Fails with a Problem. */
export async function api(path, { method = 'GET', body, headers = {}, signal, keepalive = false } = {}) {
  const unsafe = method !== 'GET';
  let answer;
  try {
    answer = await fetch(path, {
      method,
      signal,
      keepalive,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body === undefined || body instanceof Blob ? {} : { 'Content-Type': 'application/json' }),
        ...(unsafe ? { 'X-XSRF-TOKEN': cookie('XSRF-TOKEN') || '' } : {}),
        ...headers,
      },
      body: body === undefined || body instanceof Blob ? body : JSON.stringify(body),
    });
  } catch (e) {
    if (e.name === 'AbortError') throw e;
    throw new Problem(0, { detail: 'Callbridge cannot be reached. Is it running?' });
  }
  server.sandbox = answer.headers.get('Callbridge-Mode') === 'SANDBOX';
  server.simulated = (answer.headers.get('Callbridge-Simulated') || '').split(', ');
  const text = await answer.text();
  let read = {};
  try { read = text ? JSON.parse(text) : {}; } catch { read = { detail: `The server answered ${answer.status}.` }; }
  if (answer.ok) return read;
  if (answer.status === 401 && path !== '/login') onSignedOut();
  throw new Problem(answer.status, read);
}

/** Something that changes and those who want to know, at most once for each frame. */
export class Signal {
  #listeners = new Set();
  #due = false;

  changed() {
    if (this.#due) return;
    this.#due = true;
    // A hidden page has no frames.
    setTimeout(() => { this.#due = false; this.#listeners.forEach((l) => l()); }, 30);
  }

  listen(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
