// How things are called on the page. Words, then a tone that says the same in colour.
const STATES = {
  CREATED: ['Queued', 'quiet'],
  UNCONFIRMED: ['Unconfirmed', 'warn'],
  DIALING: ['Dialling', 'live'],
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
  FAILED_DIAL: ['Could not be dialled', 'bad'],
  CANCELED: ['Taken back', 'quiet'],
  REJECTED_OVERLOAD: ['Turned away, full', 'bad'],
  REJECTED_POLICY: ['Not allowed', 'warn'],
  INTERRUPTED: ['Interrupted', 'bad'],
};

const STEPS = {
  CREATED: 'Asked for',
  DIAL_ACCEPTED: 'Twilio took the call',
  DIAL_REFUSED: 'Twilio refused the call',
  DIAL_UNCONFIRMED: 'Twilio may have taken the call',
  CARRIER_STATUS: 'Twilio status',
  VOICE_WEBHOOK: 'Twilio asked what to do',
  CALLER_LOOKUP: 'Caller looked up',
  TWIML_SENT: 'Told to connect the stream',
  STREAM_STATUS: 'Stream status',
  MACHINE_DETECTION: 'Twilio says who answered',
  HEARD: 'Heard on the line',
  MACHINE_ACTION: 'Acting on a machine',
  MACHINE_ACTED: 'Acted on a machine',
  RECORDING: 'Recording',
  MEDIA_CONNECTED: 'Media stream open',
  AGENT_CONNECTING: 'Connecting the agent',
  AGENT_CONNECTED: 'Agent ready',
  FIRST_AGENT_AUDIO: 'Caller hears the agent',
  MEDIA_ENDED: 'Media stream over',
  AFTER_STREAM: 'Told what comes after the stream',
  HANG_UP_REQUESTED: 'Hang-up asked for',
  DTMF: 'Key pressed',
  TOOL_CALL: 'Tool called',
  TOOL_RESULT: 'Tool answered',
  COMMAND_RESULT: 'What was asked for',
  TRANSFER: 'Handing over to a person',
  TRANSFER_ENDED: 'The person',
  ANNOUNCED: 'Announcement',
  TAKEN_OVER: 'Taken over by a person',
  HANDED_BACK: 'Handed back to the agent',
  FALLBACK: 'Fell back',
  REJECTED: 'Turned away',
  SETTLED: 'Settled with Twilio',
  CONVERSATION_FOUND: 'Asked ElevenLabs how it ended',
  REPORTED: 'ElevenLabs reported',
};

const COMMANDS = {
  CONTEXT: 'Agent told', MESSAGE: 'Said as the caller', DIGITS: 'Keys asked for', TRANSFER: 'Transfer asked for',
  TAKE_OVER: 'Take-over asked for', UTTERANCE: 'Said in the agent\u2019s voice', HAND_BACK: 'Hand-back asked for',
};

export const ENDED_BY = {
  CALLER: 'the caller', AGENT: 'the agent', OPERATOR: 'an operator', LIMIT: 'the time limit', CARRIER: 'the carrier', RELAY: 'Callbridge',
};

export const KEY_STEPS = new Set(['MEDIA_CONNECTED', 'AGENT_CONNECTED', 'FIRST_AGENT_AUDIO']);
export const BAD_STEPS = new Set(['FALLBACK', 'DIAL_REFUSED', 'DIAL_UNCONFIRMED', 'REJECTED']);
export const OUTCOME_NAMES = Object.keys(OUTCOMES);

export const words = (name) =>
  String(name ?? '').toLowerCase().replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase());
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
  ['commitMs', 'Pause', 'From the end of the caller\u2019s speech to its being understood'],
  ['tokenMs', 'Thought', 'From there to the model\u2019s first word'],
  ['audioMs', 'Voice', 'From there to the first audio'],
  ['answerMs', 'Answer', 'From the caller being understood to the first audio'],
  ['playedMs', 'Line', 'From the first audio to its being played to the caller'],
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
