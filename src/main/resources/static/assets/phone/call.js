import { Problem, api } from '../lib.js';
import { Line } from './line.js';
import { Sound, SoundError, microphone } from './sound.js';

/** From hanging up to the server's goodbye. */
const GOODBYE_MS = 3000;

const INSTANCE_GONE = 'This instance of Callbridge is going down and had to end the call.';

/** Why the server closed the stream, by what it says as it does. */
const CLOSED = {
  1001: () => INSTANCE_GONE,
  1006: (reason, opened) => (opened
    ? 'The connection to Callbridge was lost in mid-call.'
    : 'The call could not be connected: the stream was refused, or Callbridge cannot be reached.'),
  1008: (reason) => `Callbridge refused the stream (${reason || 'no reason given'}).`,
  1009: () => 'Callbridge refused the stream: a message was too long.',
  1011: (reason) => LOST[reason] || `The agent could not be reached, or was lost (${words(reason) || 'no reason given'}).`,
};

const LOST = {
  no_media: 'No sound came from this page for ten seconds, so the call was ended.',
  send_timeout: 'This page did not take the agent’s voice for five seconds, so the call was ended.',
  connection_lost: 'The connection to the agent was lost in mid-call.',
  dead_air: 'The agent owed an answer for too long and counts as lost.',
  no_audio: 'The agent was reached and said nothing.',
  agent_silent: 'The agent fell silent and counts as lost.',
  failed: 'Something failed in Callbridge. Its log has the details.',
};

const words = (reason) => (reason || '').replaceAll('_', ' ');

/**
 * One call from this page. It goes through `asking` (for the microphone), `connecting`, `on` and
 * `ended`, the last from anywhere.
 */
export class PhoneCall {
  state = 'asking';
  /** what went wrong, for people; null where nothing did */
  trouble = null;
  /** what is not as it should be while the call goes on */
  warning = null;
  /** what the refusal was, where it names fields */
  problem = null;
  id = null;
  muted = false;
  pressed = '';
  #changed;
  #sound;
  #line;
  #hungUp = false;

  constructor(changed) { this.#changed = changed; }

  get levels() { return this.#sound?.levels ?? { in: 0, out: 0 }; }

  /** @param wanted assistant, variables and so on, as the API takes them */
  async start(wanted) {
    try {
      this.#sound = new Sound(await microphone(), {
        frame: (frame) => this.#line?.say(frame),
        mark: (name) => this.#line?.played(name),
        full: () => this.#fail('The agent said more at once than ten minutes. That cannot be kept.'),
        silent: () => this.#warn('The microphone is gone: the agent hears silence.'),
      });
      if (this.state === 'ended') return this.#release();
      await this.#sound.start();
      this.#become('connecting');
      const { call, media } = await api('/api/v1/browser-calls', { method: 'POST', body: wanted });
      this.id = call.id;
      if (this.#hungUp) return this.#end(null);
      this.#line = new Line(media, {
        open: () => this.#become('on'),
        sound: (sound) => this.#sound.play(sound),
        mark: (name) => this.#sound.mark(name),
        clear: () => this.#sound.clear(),
        closed: (how) => this.#end(this.#hungUp ? null : this.#why(how)),
      });
    } catch (e) {
      this.problem = e instanceof Problem ? e : null;
      this.#end(e.message);
      if (!(e instanceof SoundError || e instanceof Problem)) throw e;
    }
    return undefined;
  }

  #why({ code, reason, opened }) {
    if (code === 1000) return null;
    return CLOSED[code]?.(reason, opened) ?? `The stream was closed (${code}${reason ? `, ${reason}` : ''}).`;
  }

  press(digit) {
    if (this.state !== 'on') return;
    this.#line.press(digit);
    this.pressed = (this.pressed + digit).slice(-24);
    this.#changed();
  }

  mute(muted) {
    this.muted = muted;
    this.#sound.mute(muted);
    this.#changed();
  }

  hangUp() {
    if (this.state === 'ended') return;
    this.#hungUp = true;
    if (!this.#line) {
      this.#end(null);
      return;
    }
    this.#line.stop();
    const line = this.#line;
    setTimeout(() => line.close(), GOODBYE_MS);
    this.#end(null);
  }

  #fail(why) {
    this.#line?.stop();
    this.#line?.close();
    this.#end(why);
  }

  #warn(what) {
    this.warning = what;
    this.#changed();
  }

  #end(trouble) {
    if (this.state === 'ended') return;
    this.trouble = trouble;
    this.#release();
    this.#become('ended');
  }

  #release() { this.#sound?.stop(); }

  #become(state) {
    if (this.state === 'ended') return;
    this.state = state;
    this.#changed();
  }
}
