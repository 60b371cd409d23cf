const seconds = (name, label, min, max, hint) => ({ name, label, hint, type: 'number', min, max, isNumber: true });
const said = (name, label, hint) => ({ name, label, hint, rows: 2 });
const many = (name, label, words, hint) => ({ name, label, words, hint, isList: true });

/** What is said where a value does not have the form it should have. */
const NUMBER = 'is not a number with country code, such as +15550002000';
const LANGUAGE = 'is not a language such as de or de-AT';
const LETTERS = 'is to be made of letters, digits, dots, hyphens and underscores';

/** The sentences of one language, in the order in which a caller would hear them. */
export const SENTENCES = [
  said('reconnecting', 'While reconnecting'),
  said('resuming', 'After reconnecting'),
  said('handOff', 'Before a hand-off'),
  said('unreachable', 'If no agent can be reached'),
  { name: 'spokenLanguage', label: 'Spoken language', words: LANGUAGE, hint: 'Such as de-DE' },
  said('voicemailMessage', 'Voicemail message'),
];

/** What an assistant of ElevenLabs's has, in the words of the page, by what it is about. */
export const GROUPS = [
  ['Agent', [
    { name: 'name', label: 'Name', words: LETTERS, required: true, longest: 64, hint: 'Letters, digits, dots, hyphens and underscores. Cannot be changed later.' },
    { name: 'agentId', label: 'ElevenLabs agent ID', words: 'is not the id of an agent', required: true, longest: 100, hint: 'Such as agent_01jz…' },
    many('numbers', 'Phone numbers', NUMBER, 'Your numbers that this assistant answers, with country code, separated by commas'),
    many('tools', 'Tools', LETTERS, 'Names of the tools that the agent may use, separated by commas'),
  ]],
  ['Opening', [
    said('firstMessage', 'First message', 'Replaces the agent’s own greeting. {{name}} becomes the call’s variable of that name.'),
    { name: 'language', label: 'Language', words: LANGUAGE, longest: 8, placeholder: 'The agent’s', hint: 'Such as en or de' },
    { name: 'voiceId', label: 'Voice', words: 'is not the id of a voice', longest: 64, placeholder: 'The agent’s', hint: 'The agent’s security settings must allow overriding first message, language and voice.' },
    { name: 'greets', label: 'The agent speaks first', isFlag: true },
  ]],
  ['Limits', [
    seconds('maxDurationSeconds', 'Maximum call length, seconds', 10, 14_400),
    seconds('deadAirSeconds', 'Agent silence limit, seconds', 2, 120, 'An agent that owes an answer for this long counts as lost.'),
    seconds('silenceSeconds', 'Silence limit of both, seconds', 5, 3_600, 'Ends the call when neither speaks for this long. Empty: no limit.'),
  ]],
  ['If the agent is lost', [
    ...SENTENCES.filter((it) => it.name !== 'voicemailMessage'),
    { name: 'handOffNumber', label: 'Hand-off number', words: NUMBER, type: 'tel', hint: 'With country code. Empty: the caller hears the sentence above, and the call ends.' },
  ]],
  ['Answering machines', [
    { name: 'machine', label: 'If a machine answers', options: [['HANG_UP', 'Hang up'], ['LEAVE_MESSAGE', 'Leave a message'], ['CARRY_ON', 'Carry on']] },
    said('voicemailMessage', 'Voicemail message', 'Left after the beep'),
  ]],
  ['Variables and caller lookup', [
    many('requiredVariables', 'Required variables', LETTERS, 'Separated by commas. A call that lacks one is not placed.'),
    { name: 'lookup', label: 'Caller lookup URL', type: 'url', hint: 'An https URL on an allowed host, asked before an incoming call is answered' },
  ]],
];

export const BLANK = {
  name: '', agentId: '', numbers: [], tools: [], firstMessage: null, language: null, voiceId: null, greets: true, maxDurationSeconds: 1800,
  deadAirSeconds: 8, silenceSeconds: null, machine: 'HANG_UP', voicemailMessage: null, requiredVariables: [], lookup: null, handOffNumber: null,
  unreachable: 'I am sorry, I cannot talk to you right now. Please call again later.', reconnecting: 'One moment, please.',
  resuming: 'I am sorry, we were cut off. Where were we?', handOff: 'I am connecting you to a person.', spokenLanguage: 'en-US', sentences: {},
};
