/** What is asked of the microphone: the agent must not hear itself. */
const VOICE = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 } };

/** Past that a browser is not believed about how late its loudspeaker is. */
const LATEST_MS = 500;

const REFUSED = {
  NotAllowedError: 'The microphone was refused. Allow it for this page in the browser’s address bar, then call again.',
  NotFoundError: 'There is no microphone. Plug one in, then call again.',
  NotReadableError: 'The microphone is there but gives no sound: another program may be using it.',
};

/** What went wrong, in words for people. */
export class SoundError extends Error {}

/** @throws SoundError */
export async function microphone() {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new SoundError('The microphone needs a page served by https, or by localhost. Open the dashboard there.');
  }
  try {
    return await navigator.mediaDevices.getUserMedia(VOICE);
  } catch (e) {
    throw new SoundError(REFUSED[e.name] || `The microphone could not be opened (${e.name}).`);
  }
}

/** The microphone and the loudspeaker of one call, as 8 kHz mu-law. */
export class Sound {
  #context = new AudioContext({ latencyHint: 'interactive' });
  #microphone;
  #playback;
  #on;
  /** marks whose sound is on its way from the graph to the ear */
  #due = new Map();
  /** in and out, from 0 to 1 */
  levels = { in: 0, out: 0 };

  /** @param on frame (20 ms of the caller), mark (the agent was heard up to it), full, silent (no microphone any more) */
  constructor(stream, on) {
    this.#microphone = stream;
    this.#on = on;
    for (const track of stream.getAudioTracks()) track.onended = () => on.silent();
  }

  /** @throws SoundError */
  async start() {
    const context = this.#context;
    try {
      await Promise.all(['capture', 'playback'].map((name) => context.audioWorklet.addModule(`/assets/phone/${name}.js`)));
      await context.resume();
      this.#connect();
    } catch (e) {
      throw new SoundError(`This browser cannot play the agent’s voice (${e.name}).`);
    }
  }

  #connect() {
    const context = this.#context;
    const one = { numberOfInputs: 1, numberOfOutputs: 1, outputChannelCount: [1], channelCount: 1, channelCountMode: 'explicit' };
    const capture = new AudioWorkletNode(context, 'phone-capture', one);
    this.#playback = new AudioWorkletNode(context, 'phone-playback', { ...one, numberOfInputs: 0 });
    capture.port.onmessage = ({ data }) => {
      this.levels.in = data.level;
      this.#on.frame(data.frame);
    };
    this.#playback.port.onmessage = ({ data }) => this.#played(data);
    // Its output is silence: a graph runs only as far as something is connected to its end.
    context.createMediaStreamSource(this.#microphone).connect(capture).connect(context.destination);
    this.#playback.connect(context.destination);
  }

  #played({ marks, cleared, level, full }) {
    if (level !== undefined) this.levels.out = level;
    if (full) this.#on.full();
    for (const mark of marks ?? []) this.#due.set(mark, setTimeout(() => this.#heard(mark), this.#lateness()));
    if (cleared) {
      for (const [mark, timer] of [...this.#due]) {
        clearTimeout(timer);
        this.#heard(mark);
      }
      cleared.forEach((mark) => this.#on.mark(mark));
    }
  }

  #heard(mark) {
    this.#due.delete(mark);
    this.#on.mark(mark);
  }

  #lateness() {
    const { baseLatency, outputLatency } = this.#context;
    return Math.min(LATEST_MS, 1000 * ((baseLatency || 0) + (outputLatency || 0)));
  }

  play(sound) { this.#playback.port.postMessage({ sound }, [sound.buffer]); }

  mark(name) { this.#playback.port.postMessage({ mark: name }); }

  clear() { this.#playback.port.postMessage({ clear: true }); }

  mute(muted) {
    for (const track of this.#microphone.getAudioTracks()) track.enabled = !muted;
  }

  stop() {
    for (const track of this.#microphone.getTracks()) {
      track.onended = null;
      track.stop();
    }
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
    this.levels = { in: 0, out: 0 };
    return this.#context.close();
  }
}
