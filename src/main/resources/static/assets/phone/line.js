import { FRAME } from './mulaw.js';

/** Above that the line does not keep up, and what is said now is worth more than what was. */
const MOST_UNSENT = 16 * 1024;

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/**
 * Twilio's end of a media stream: `connected`, `start`, fifty `media`
 * a second, and every mark given back.
 */
export class Line {
  #socket;
  #ids;
  #on;
  #sequence = 0;
  #chunk = 0;
  #frames = 0;
  dropped = 0;

  /**
   * @param media where to connect and what to call oneself, as the server said
   * @param on open, sound, mark, clear, closed
   */
  constructor(media, on) {
    this.#ids = media;
    this.#on = on;
    this.#socket = new WebSocket(location.origin.replace(/^http/, 'ws') + media.path);
    this.#socket.onopen = () => this.#begin();
    this.#socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    this.#socket.onclose = ({ code, reason }) => on.closed({ code, reason, opened: this.#sequence > 0 });
  }

  get #open() { return this.#socket.readyState === WebSocket.OPEN; }

  #begin() {
    const { callSid, streamSid } = this.#ids;
    this.#socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
    this.#send('start', {
      start: {
        streamSid, callSid, tracks: ['inbound'], customParameters: {},
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
      },
    });
    this.#on.open();
  }

  #send(event, rest) {
    if (!this.#open) return;
    const sequenceNumber = String(++this.#sequence);
    this.#socket.send(JSON.stringify({ event, sequenceNumber, streamSid: this.#ids.streamSid, ...rest }));
  }

  #hear(message) {
    switch (message.event) {
      case 'media': this.#on.sound(bytes(message.media.payload)); break;
      case 'mark': this.#on.mark(message.mark.name); break;
      case 'clear': this.#on.clear(); break;
      default:
    }
  }

  /** 20 ms of the caller. */
  say(frame) {
    const timestamp = String((this.#frames++ * FRAME) / 8);
    if (!this.#open || this.#sequence === 0) return;
    if (this.#socket.bufferedAmount > MOST_UNSENT) {
      this.dropped++;
      return;
    }
    this.#send('media', { media: { track: 'inbound', chunk: String(++this.#chunk), timestamp, payload: base64(frame) } });
  }

  played(mark) { this.#send('mark', { mark: { name: mark } }); }

  press(digit) { this.#send('dtmf', { dtmf: { track: 'inbound_track', digit } }); }

  stop() {
    this.#send('stop', { stop: { callSid: this.#ids.callSid } });
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.close();
  }

  /** Does not wait for the other side. */
  close() { this.#socket.close(); }
}
