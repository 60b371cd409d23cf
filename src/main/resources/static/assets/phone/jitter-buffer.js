import { RATE, decode } from './mulaw.js';

const samples = (ms) => (ms * RATE) / 1000;

/** How much is gathered before it is played: more after every gap in mid-speech, less again in time. */
const LEAST = samples(60);
const MOST = samples(240);
const STEP = samples(30);
const CALM = samples(10_000);

/** After a longer gap it is another sentence that begins. */
const MID_SPEECH = samples(400);

/** Ten minutes. An agent may be far ahead of its voice, but not that far. */
const FULL = samples(600_000);

/**
 * What the agent has said and the caller has not heard yet, with the marks in between. Time is
 * counted in samples that were asked for.
 */
export class JitterBuffer {
  #queue = [];
  #offset = 0;
  #waiting = 0;
  #held = 0;
  #playing = false;
  #target = LEAST;
  #sinceDry = Infinity;
  #calm = 0;

  /** Gaps in mid-speech, for whoever wants to know how bad the line is. */
  gaps = 0;

  get heldMs() { return (this.#held * 1000) / RATE; }

  /** @return whether there was room */
  write(bytes) {
    if (this.#held + bytes.length > FULL) return false;
    if (!bytes.length) return true;
    if (!this.#playing && this.#sinceDry < MID_SPEECH) {
      this.gaps++;
      this.#target = Math.min(MOST, this.#target + STEP);
      this.#calm = 0;
    }
    this.#sinceDry = Infinity;
    this.#queue.push(bytes);
    this.#held += bytes.length;
    return true;
  }

  /** @return whether all before it has been played already, and the mark is due at once */
  mark(name) {
    if (!this.#queue.length) return true;
    this.#queue.push(name);
    return false;
  }

  /** Forgets all that was to be played. @return the marks that were in it */
  clear() {
    const marks = this.#queue.filter((it) => typeof it === 'string');
    this.#queue = [];
    this.#offset = this.#held = this.#waiting = 0;
    this.#playing = false;
    this.#sinceDry = Infinity;
    return marks;
  }

  /**
   * Fills a piece of sound: silence where there is nothing to play.
   * @return the marks that were reached
   */
  read(output) {
    const marks = [];
    let filled = 0;
    if (!this.#playing && this.#held) {
      this.#waiting += output.length;
      this.#playing = this.#held >= this.#target || this.#waiting > this.#target;
    }
    while (this.#playing && this.#queue.length) {
      const head = this.#queue[0];
      if (typeof head === 'string') {
        marks.push(head);
        this.#queue.shift();
      } else if (filled === output.length) {
        break;
      } else {
        output[filled++] = decode(head[this.#offset++]);
        this.#held--;
        if (this.#offset === head.length) {
          this.#queue.shift();
          this.#offset = 0;
        }
      }
    }
    output.fill(0, filled);
    this.#pass(output.length);
    return marks;
  }

  #pass(length) {
    if (this.#playing && !this.#queue.length) {
      this.#playing = false;
      this.#waiting = 0;
      this.#sinceDry = 0;
    } else if (!this.#playing) {
      this.#sinceDry += length;
    } else if ((this.#calm += length) > CALM) {
      this.#target = Math.max(LEAST, this.#target - STEP);
      this.#calm = 0;
    }
  }
}
