/** Zero crossings of the sinc on either side: how steep the filter is. */
const CROSSINGS = 12;

/** Positions between two samples that are told apart. */
const PHASES = 256;

/** Of the lower Nyquist frequency, what is let through. */
const PASSED = 0.92;

/**
 * Sound from one rate to another, piece by piece, by windowed sinc: a browser's microphone and
 * loudspeaker run at whatever rate they like.
 */
export class Resampler {
  #step;
  #half;
  #phases;
  #samples;
  #at;

  constructor(from, to) {
    const scale = Math.min(1, to / from);
    this.#step = from / to;
    this.#half = Math.ceil(CROSSINGS / scale);
    this.#phases = Array.from({ length: PHASES }, (_, phase) => kernel(phase / PHASES, this.#half, scale * PASSED));
    this.reset();
  }

  reset() {
    this.#samples = new Float32Array(this.#half - 1);
    this.#at = this.#half - 1;
  }

  /** @return as much as can be said by now: some is held back until its surroundings are known */
  push(input) {
    const half = this.#half;
    const samples = new Float32Array(this.#samples.length + input.length);
    samples.set(this.#samples);
    samples.set(input, this.#samples.length);
    const output = new Float32Array(Math.max(0, Math.ceil((samples.length - half - this.#at) / this.#step)));
    let made = 0;
    let at = this.#at;
    for (; made < output.length && Math.floor(at) + half < samples.length; made++) {
      const whole = Math.floor(at);
      const taps = this.#phases[Math.floor((at - whole) * PHASES)];
      let sum = 0;
      for (let i = 0; i < taps.length; i++) sum += taps[i] * samples[whole - half + 1 + i];
      output[made] = sum;
      at += this.#step;
    }
    const done = Math.min(samples.length, Math.floor(at) - half + 1);
    this.#samples = samples.slice(done);
    this.#at = at - done;
    return output.subarray(0, made);
  }
}

function kernel(offset, half, cutoff) {
  const taps = new Float32Array(2 * half);
  let sum = 0;
  for (let i = 0; i < taps.length; i++) {
    const x = i - half + 1 - offset;
    const angle = Math.PI * x * cutoff;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const window = Math.abs(x) >= half ? 0 : Math.cos((Math.PI * x) / (2 * half)) ** 2;
    taps[i] = sinc * window;
    sum += taps[i];
  }
  return taps.map((tap) => tap / sum);
}
