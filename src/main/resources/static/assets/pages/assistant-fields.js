const seconds = (name, label, min, max, hint) => ({ name, label, hint, type: 'number', min, max, isNumber: true });
const said = (name, label, hint) => ({ name, label, hint, rows: 2 });
const many = (name, label, words, hint) => ({ name, label, words, hint, isList: true });

/** What is said where a value does not have the form it should have. */
const NUMBER = 'is not a number with country code, such as +15550002000';
const LANGUAGE = 'is not a language such as de or de-AT';
const LETTERS = 'is to be made of letters, digits, dots, hyphens and underscores';

/** The sentences of one language, in the order in which a caller would hear them. */
export const SENTENCES = [
  said('reconnecting', 'Before a second try'),
  said('resuming', 'When the second try is there'),
  said('handOff', 'Before a person is rung'),
  said('unreachable', 'When the agent cannot be reached'),
  { name: 'spokenLanguage', label: 'Voice that says it', words: LANGUAGE, hint: 'Such as de-DE' },
  said('voicemailMessage', 'On a machine'),
];

/** What an assistant of ElevenLabs's has, in the words of the page, by what it is about. */
export const GROUPS = [
  ['Agent', [
    { name: 'name', label: 'Name', words: LETTERS, required: true, longest: 64, hint: 'Letters, digits, dots, hyphens and underscores. It stays as it is.' },
    { name: 'agentId', label: 'Agent at ElevenLabs', words: 'is not the id of an agent', required: true, longest: 100, hint: 'The agent’s id, such as agent_01jz…' },
    many('numbers', 'Numbers it answers', NUMBER, 'Yours, with country code, separated by commas'),
    many('tools', 'Tools it may use', LETTERS, 'Their names, separated by commas. It may use no others.'),
  ]],
  ['Opening', [
    said('firstMessage', 'First words', 'Instead of the agent’s own greeting. {{name}} is the call’s variable of that name.'),
    { name: 'language', label: 'Language', words: LANGUAGE, longest: 8, placeholder: 'The agent’s', hint: 'Such as en or de' },
    { name: 'voiceId', label: 'Voice', words: 'is not the id of a voice', longest: 64, placeholder: 'The agent’s', hint: 'Each of the three must be an override that the agent allows.' },
    { name: 'greets', label: 'The agent speaks first', isFlag: true },
  ]],
  ['Limits', [
    seconds('maxDurationSeconds', 'Longest call, seconds', 10, 14_400),
    seconds('deadAirSeconds', 'Longest silence of the agent, seconds', 2, 120, 'When it owes the caller a word for so long it counts as lost.'),
    seconds('silenceSeconds', 'Longest silence of both, seconds', 5, 3_600, 'Left empty, they may be silent for as long as they like.'),
  ]],
  ['When the agent is away', [
    ...SENTENCES.filter((it) => it.name !== 'voicemailMessage'),
    { name: 'handOffNumber', label: 'Person to ring then', words: NUMBER, type: 'tel', hint: 'With country code. Left empty, the caller hears that nobody can talk.' },
  ]],
  ['Answering machines', [
    { name: 'machine', label: 'When one answers', options: [['HANG_UP', 'Hang up'], ['LEAVE_MESSAGE', 'Leave a message'], ['CARRY_ON', 'Carry on']] },
    said('voicemailMessage', 'The message', 'Said after the beep'),
  ]],
  ['About the caller', [
    many('requiredVariables', 'Variables it cannot do without', LETTERS, 'A call that lacks one is not placed.'),
    { name: 'lookup', label: 'Where callers are looked up', type: 'url', hint: 'An https address at a host of the settings, asked before a call in is answered' },
  ]],
];

export const BLANK = {
  name: '', agentId: '', numbers: [], tools: [], firstMessage: null, language: null, voiceId: null, greets: true, maxDurationSeconds: 1800,
  deadAirSeconds: 8, silenceSeconds: null, machine: 'HANG_UP', voicemailMessage: null, requiredVariables: [], lookup: null, handOffNumber: null,
  unreachable: 'I am sorry, I cannot talk to you right now. Please call again later.', reconnecting: 'One moment, please.',
  resuming: 'I am sorry, we were cut off. Where were we?', handOff: 'I am connecting you to a person.', spokenLanguage: 'en-US', sentences: {},
};
