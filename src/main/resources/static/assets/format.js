// How things are called on the page. Words, then a tone that says the same in colour.
const STATES = {
  CREATED: ['Queued', 'quiet'],
  UNCONFIRMED: ['Unconfirmed', 'warn'],
  DIALING: ['Dialing', 'live'],
  RINGING: ['Ringing', 'live'],
  ANSWERED: ['Answered', 'live'],
  CONNECTED: ['Talking', 'live'],
  ENDED: ['Ended', 'quiet'],
};

const OUTCOMES = {
  COMPLETED: ['Completed', 'good'],
  AGENT_UNREACHABLE: ['Agent not reached', 'bad'],
  AGENT_LOST: ['Agent lost', 'bad'],
  CALLER_ABANDONED: ['Caller hung up early', 'warn'],
  VOICEMAIL: ['Voicemail', 'warn'],
  NO_ANSWER: ['No answer', 'quiet'],
  BUSY: ['Busy', 'quiet'],
  FAILED_DIAL: ['Could not be placed', 'bad'],
  CANCELED: ['Canceled', 'quiet'],
  REJECTED_OVERLOAD: ['Rejected, at capacity', 'bad'],
  REJECTED_POLICY: ['Rejected, not allowed', 'warn'],
  INTERRUPTED: ['Interrupted', 'bad'],
};

const STEPS = {
  CREATED: 'Call requested',
  DIAL_ACCEPTED: 'Twilio accepted the call',
  DIAL_REFUSED: 'Twilio refused the call',
  DIAL_UNCONFIRMED: 'No answer from Twilio, checking',
  CARRIER_STATUS: 'Twilio status',
  VOICE_WEBHOOK: 'Twilio voice webhook received',
  CALLER_LOOKUP: 'Caller looked up',
  TWIML_SENT: 'Stream instructions sent',
  STREAM_STATUS: 'Stream status',
  MACHINE_DETECTION: 'Answering machine detection',
  HEARD: 'Heard on the line',
  MACHINE_ACTION: 'Handling the machine',
  MACHINE_ACTED: 'Machine handled',
  RECORDING: 'Recording',
  MEDIA_CONNECTED: 'Media stream open',
  AGENT_CONNECTING: 'Connecting the agent',
  AGENT_CONNECTED: 'Agent ready',
  FIRST_AGENT_AUDIO: 'Caller hears the agent',
  MEDIA_ENDED: 'Media stream closed',
  AFTER_STREAM: 'After the stream',
  HANG_UP_REQUESTED: 'Hang-up requested',
  DTMF: 'Key pressed',
  TOOL_CALL: 'Tool called',
  TOOL_RESULT: 'Tool result',
  COMMAND_RESULT: 'Request result',
  TRANSFER: 'Transfer to a person',
  TRANSFER_ENDED: 'Transfer ended',
  ANNOUNCED: 'Announcement',
  TAKEN_OVER: 'Taken over by a person',
  HANDED_BACK: 'Handed back to the agent',
  FALLBACK: 'Fallback',
  REJECTED: 'Rejected',
  SETTLED: 'Confirmed with Twilio',
  CONVERSATION_FOUND: 'Confirmed with ElevenLabs',
  REPORTED: 'ElevenLabs report received',
};

const COMMANDS = {
  CONTEXT: 'Agent told', MESSAGE: 'Said as the caller', DIGITS: 'Keypad tones requested', TRANSFER: 'Transfer requested',
  TAKE_OVER: 'Take-over requested', UTTERANCE: 'Said in the agent\u2019s voice', HAND_BACK: 'Hand-back requested',
};

export const ENDED_BY = {
  CALLER: 'the caller', AGENT: 'the agent', OPERATOR: 'an operator', LIMIT: 'the time limit', CARRIER: 'the carrier', RELAY: 'Callbridge',
};

export const KEY_STEPS = new Set(['MEDIA_CONNECTED', 'AGENT_CONNECTED', 'FIRST_AGENT_AUDIO']);
export const BAD_STEPS = new Set(['FALLBACK', 'DIAL_REFUSED', 'DIAL_UNCONFIRMED', 'REJECTED']);
export const OUTCOME_NAMES = Object.keys(OUTCOMES);

export const words = (name) =>
  String(name ?? '').toLowerCase().replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase());

/** Reasons as the API has them, where their name alone would not do. */
const REASONS = {
  end_call: 'said goodbye and hung up',
  stop: 'hung up',
  no_audio: 'no sound on the line',
  metadata_timeout: 'the agent did not get ready in time',
  setup_timeout: 'connecting the agent took too long',
  signed_url_timeout: 'ElevenLabs did not answer in time',
  connection_lost: 'the connection was lost',
  not_dialled: 'the call was never placed',
  crowded: 'too many calls came in at once',
};
/** Why a call ended, as part of a sentence. */
export const reason = (name) => REASONS[name] || words(name).toLowerCase();
/** The same, to stand alone. */
export const Reason = (name) => (name ? reason(name).replace(/^./, (c) => c.toUpperCase()) : '');

/** What a piece of evidence says, in so many words. */
export function step({ kind, details = {} }) {
  // Names are shown as they are.
  if (kind === 'COMMAND') return `${COMMANDS[details.command] || words(details.command)}, by ${details.by}`;
  const more = {
    CARRIER_STATUS: details.CallStatus,
    STREAM_STATUS: details.StreamEvent,
    MACHINE_DETECTION: details.AnsweredBy,
    HEARD: details.what,
    MACHINE_ACTION: details.action,
    MACHINE_ACTED: details.result,
    MEDIA_ENDED: details.reason,
    AFTER_STREAM: details.decision,
    DTMF: details.digit,
    TOOL_CALL: details.name,
    TOOL_RESULT: details.name && `${details.name}, ${details.result}`,
    COMMAND_RESULT: details.result,
    TRANSFER: details.target,
    TRANSFER_ENDED: details.DialCallStatus,
    HANDED_BACK: details.reason,
    ANNOUNCED: details.announcement,
    FALLBACK: details.used && `${details.stage === 'tts' ? 'speech' : details.stage === 'stt' ? 'listening' : details.stage} by ${details.used}, because of ${details.reason}`,
    REJECTED: details.reason,
    DIAL_REFUSED: details.reason,
    DIAL_UNCONFIRMED: details.reason,
    SETTLED: details.CallStatus || details.reason,
  }[kind];
  const what = STEPS[kind] || words(kind);
  return more ? `${what}: ${words(more).toLowerCase().replaceAll('-', ' ')}` : what;
}
export const outcome = (name) => (OUTCOMES[name] || [words(name)])[0];

/** What one says of a call in a word, and its tone. */
export function status(call) {
  const [label, tone] = call.outcome
    ? OUTCOMES[call.outcome] || [words(call.outcome), 'quiet']
    : STATES[call.state] || [words(call.state), 'quiet'];
  return { label, tone };
}

export const other = (call) => (call.direction === 'INBOUND' ? call.from : call.to);
export const towards = (call) => (call.direction === 'INBOUND' ? 'Incoming' : 'Outgoing');

export function seconds(ms) {
  if (ms == null || Number.isNaN(ms)) return '–';
  const s = Math.max(0, Math.floor(ms / 1000));
  const pad = (n) => String(n).padStart(2, '0');
  return s < 3600 ? `${Math.floor(s / 60)}:${pad(s % 60)}` : `${Math.floor(s / 3600)}:${pad(Math.floor(s / 60) % 60)}:${pad(s % 60)}`;
}

/** How long the line was up, or has been until now. */
export function duration(call) {
  const from = call.timings.answered;
  if (!from) return null;
  return (call.timings.ended ? Date.parse(call.timings.ended) : Date.now()) - Date.parse(from);
}

const STAGES = [
  ['commitMs', 'Listening', 'From the end of the caller\u2019s speech to its being understood'],
  ['tokenMs', 'Thinking', 'From there to the model\u2019s first word'],
  ['audioMs', 'Speaking', 'From there to the first audio'],
  ['answerMs', 'Answer', 'From the caller being understood to the first audio'],
  ['playedMs', 'Playback', 'From the first audio to its being played to the caller'],
];

/** The stages of an answer that are known. The whole is left out where its parts are there. */
export const stages = (latency) => STAGES
  .filter(([field]) => latency?.[field] != null && !(field === 'answerMs' && latency.audioMs != null))
  .map(([field, name, what]) => ({ name, what, ms: latency[field] }));

export const offset = (ms) => (Math.abs(ms) < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(Math.abs(ms) < 100000 ? 1 : 0)} s`);

const TIME = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
export function when(instant) {
  if (!instant) return '–';
  const at = new Date(instant);
  const today = at.toDateString() === new Date().toDateString();
  return today ? TIME.format(at) : `${DAY.format(at)}, ${TIME.format(at)}`;
}

/** US dollars, as precise as calls are cheap. */
export const money = (amount, currency = 'USD') =>
  new Intl.NumberFormat(undefined, { style: 'currency', currency, minimumFractionDigits: 2, maximumFractionDigits: 4 }).format(amount);
