import { FRAME, RATE } from './mulaw.js';
import { SoundError, microphone } from './sound.js';

/** What was recorded of a microphone, as 8 kHz mu-law, and no more of it than so many seconds. */
export class Recorder {
  #stream;
  #context;
  #frames = [];
  #most;
  #full;

  /** @param full called once there is as much as may be */
  constructor(seconds, full) {
    this.#most = (seconds * RATE) / FRAME;
    this.#full = full;
  }

  get seconds() { return (this.#frames.length * FRAME) / RATE; }

  /** @throws SoundError */
  async start() {
    this.#stream = await microphone();
    this.#context = new AudioContext();
    try {
      await this.#context.audioWorklet.addModule('/assets/phone/capture.js');
      const one = { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1], channelCount: 1, channelCountMode: 'explicit' };
      const capture = new AudioWorkletNode(this.#context, 'phone-capture', one);
      capture.port.onmessage = ({ data }) => this.#keep(data.frame);
      // Its output is silence: a graph runs only as far as something is connected to its end.
      this.#context.createMediaStreamSource(this.#stream).connect(capture).connect(this.#context.destination);
      await this.#context.resume();
    } catch (e) {
      this.#release();
      throw new SoundError(`This browser cannot record (${e.name}).`);
    }
  }

  #keep(frame) {
    if (this.#frames.length >= this.#most) return;
    this.#frames.push(frame);
    if (this.#frames.length >= this.#most) this.#full();
  }

  /** @return what there is, as a Blob of `audio/basic` */
  stop() {
    this.#release();
    return new Blob(this.#frames, { type: 'audio/basic' });
  }

  #release() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#context?.close();
  }
}
