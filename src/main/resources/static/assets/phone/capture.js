import { FRAME, RATE, encode } from './mulaw.js';
import { Resampler } from './resampler.js';

/** The microphone as a telephone line has it: a frame of mu-law every 20 ms, silence included. */
class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate, RATE);
  #frame = new Uint8Array(FRAME);
  #filled = 0;
  #power = 0;

  process([input]) {
    // A microphone that is gone is a quiet one: the line stays up.
    const sound = input[0] ?? new Float32Array(128);
    for (const sample of this.#resampler.push(sound)) {
      this.#frame[this.#filled++] = encode(sample);
      this.#power += sample * sample;
      if (this.#filled === FRAME) this.#send();
    }
    return true;
  }

  #send() {
    const frame = this.#frame;
    this.port.postMessage({ frame, level: Math.sqrt(this.#power / FRAME) }, [frame.buffer]);
    this.#frame = new Uint8Array(FRAME);
    this.#filled = 0;
    this.#power = 0;
  }
}

registerProcessor('phone-capture', Capture);
