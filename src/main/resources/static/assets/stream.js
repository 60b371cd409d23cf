import { api, Signal } from './lib.js';

/** Over calls that are watched for longer, the browser forgets. */
const KEPT = 200;
const SHOWN_FIRST = 20;

/**
 * The calls that are on and those that have just ended, as the event stream tells them. The browser
 * connects again by itself and resumes behind the last event it had.
 */
export class CallStream extends Signal {
  /** call id to the call, newest last */
  calls = new Map();
  /** call id to its turns by position */
  turns = new Map();
  /** call id to how loud its caller and its agent are, from 0 to 100; of the calls that are on */
  levels = {};
  state = 'connecting';
  #source;
  #onEvent = new Set();

  constructor(path = '/api/v1/calls/stream?levels=true') {
    super();
    this.path = path;
  }

  open() {
    if (this.#source) return;
    const source = new EventSource(this.path);
    this.#source = source;
    let snapshot = new Set();
    source.addEventListener('open', () => this.#is('live'));
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) {
        // Refused, not lost: signed out, most likely. Try again later with a connection of its own.
        this.close();
        this.#is('lost');
        this.retry = setTimeout(() => this.open(), 5000);
      } else {
        this.#is('lost');
      }
    });
    source.addEventListener('resync', () => { snapshot = new Set(); });
    source.addEventListener('snapshot', (e) => {
      const { call } = JSON.parse(e.data);
      snapshot.add(call.id);
      this.#put(call);
    });
    source.addEventListener('ready', () => {
      // What was on and is in no snapshot has ended meanwhile.
      for (const [id, call] of this.calls) if (!call.outcome && !snapshot.has(id)) this.calls.delete(id);
      snapshot = new Set();
      this.#is('live');
      this.#catchUp();
    });
    source.addEventListener('event', (e) => {
      const event = JSON.parse(e.data);
      this.#put(event.call);
      this.#onEvent.forEach((listener) => listener(event));
    });
    source.addEventListener('levels', (e) => {
      this.levels = JSON.parse(e.data);
      this.changed();
    });
    source.addEventListener('turn', (e) => {
      const turn = JSON.parse(e.data);
      const turns = this.turns.get(turn.callId) || new Map();
      this.turns.set(turn.callId, turns.set(turn.position, turn));
      this.changed();
    });
  }

  close() {
    clearTimeout(this.retry);
    this.#source?.close();
    this.#source = undefined;
  }

  /** @return what ends the listening */
  onEvent(listener) {
    this.#onEvent.add(listener);
    return () => this.#onEvent.delete(listener);
  }

  get live() {
    return [...this.calls.values()].filter((call) => !call.outcome).reverse();
  }

  get ended() {
    return [...this.calls.values()].filter((call) => call.outcome)
      .sort((a, b) => Date.parse(b.timings.ended) - Date.parse(a.timings.ended));
  }

  lastWords(id) {
    const turns = this.turns.get(id);
    return turns && [...turns.values()].reduce((a, b) => (b.position > a.position ? b : a));
  }

  /** What was said before this page was there, of the calls that it shows first. */
  async #catchUp() {
    for (const { id } of this.live.slice(0, SHOWN_FIRST)) {
      if (this.turns.has(id)) continue;
      const { turns } = await api(`/api/v1/calls/${id}/transcript`).catch(() => ({ turns: [] }));
      const known = this.turns.get(id) || new Map();
      turns.forEach((turn) => { if (!known.has(turn.position)) known.set(turn.position, turn); });
      if (known.size) this.turns.set(id, known);
    }
    this.changed();
  }

  #put(call) {
    this.calls.set(call.id, call);
    if (this.calls.size > KEPT) {
      const oldest = [...this.calls.values()].find((c) => c.outcome);
      if (oldest) { this.calls.delete(oldest.id); this.turns.delete(oldest.id); }
    }
    this.changed();
  }

  #is(state) {
    if (this.state !== state) {
      this.state = state;
      if (state !== 'live') this.levels = {};
      this.changed();
    }
  }
}
