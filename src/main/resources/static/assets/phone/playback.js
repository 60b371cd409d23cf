import { JitterBuffer } from './jitter-buffer.js';
import { FRAME, RATE } from './mulaw.js';
import { Resampler } from './resampler.js';

/** Taken from the buffer at a time: a millisecond, so that marks are that exact. */
const BITE = RATE / 1000;

/** The agent's voice, from what the socket brought to the loudspeaker. */
class Playback extends AudioWorkletProcessor {
  #buffer = new JitterBuffer();
  #resampler = new Resampler(RATE, sampleRate);
  #bite = new Float32Array(BITE);
  #ready = new Float32Array(0);
  #power = 0;
  #measured = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#take(data);
  }

  #take({ sound, mark, clear }) {
    if (sound && !this.#buffer.write(sound)) this.port.postMessage({ full: true });
    if (mark !== undefined && this.#buffer.mark(mark)) this.port.postMessage({ marks: [mark] });
    if (clear) {
      this.#resampler.reset();
      this.#ready = new Float32Array(0);
      this.port.postMessage({ cleared: this.#buffer.clear() });
    }
  }

  process(_, [[output]]) {
    let filled = 0;
    while (filled < output.length) {
      if (!this.#ready.length) this.#ready = this.#next();
      const piece = this.#ready.subarray(0, output.length - filled);
      output.set(piece, filled);
      filled += piece.length;
      this.#ready = this.#ready.subarray(piece.length);
    }
    return true;
  }

  #next() {
    const marks = this.#buffer.read(this.#bite);
    if (marks.length) this.port.postMessage({ marks });
    for (const sample of this.#bite) this.#power += sample * sample;
    this.#measured += BITE;
    if (this.#measured >= 2 * FRAME) {
      this.port.postMessage({ level: Math.sqrt(this.#power / this.#measured), held: this.#buffer.heldMs, gaps: this.#buffer.gaps });
      this.#power = this.#measured = 0;
    }
    return this.#resampler.push(this.#bite);
  }
}

registerProcessor('phone-playback', Playback);
