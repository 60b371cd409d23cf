import { api, html, nothing, render, server, whenSignedOut } from './lib.js';
import { CallStream } from './stream.js';
import { askToDiscard } from './draft.js';
import { SignIn } from './pages/sign-in.js';
import { Live } from './pages/live.js';
import { History } from './pages/history.js';
import { OneCall } from './pages/one-call.js';
import { NewCall } from './pages/new-call.js';
import { Phone } from './pages/phone.js';
import { Assistants } from './pages/assistants.js';
import { Assistant } from './pages/assistant.js';
import { Reservations } from './pages/reservations.js';
import { Restaurant } from './pages/restaurant.js';
import { Health } from './pages/health.js';
import { Diagnostics } from './pages/diagnostics.js';

const ROUTES = [
  [/^$/, Live],
  [/^calls$/, History],
  [/^calls\/([0-9a-f-]{36})$/, OneCall],
  [/^new$/, NewCall],
  [/^phone$/, Phone],
  [/^reservations$/, Reservations],
  [/^reservations\/restaurants\/new$/, Restaurant],
  [/^reservations\/restaurants\/([0-9a-f-]{36})$/, Restaurant],
  [/^assistants$/, Assistants],
  [/^assistants\/\+new$/, Assistant],
  [/^assistants\/([A-Za-z0-9._-]+)$/, Assistant],
  [/^health$/, Health],
  [/^diagnostics$/, Diagnostics],
];

const NAV = [
  ['', 'Live'],
  ['calls', 'History'],
  ['new', 'Place a call'],
  ['phone', 'Browser phone'],
  ['reservations', 'Reservations'],
  ['assistants', 'Assistants'],
  ['health', 'Health'],
  ['diagnostics', 'Diagnostics'],
];

const root = document.getElementById('app');

const app = {
  me: null,
  sandbox: false,
  simulated: [],
  stream: new CallStream(),
  page: null,
  route: '',
  redraw: () => draw(),
  can: (scope) => app.me?.scopes.some((s) => s === scope || s === 'admin'),
};

const signIn = new SignIn(async () => { await start(); });

function go() {
  const route = location.hash.replace(/^#\/?/, '').split('?')[0];
  const found = ROUTES.map(([pattern, Page]) => [pattern.exec(route), Page]).find(([match]) => match);
  app.page?.leave?.();
  app.route = route;
  app.page = found ? new found[1](app, ...found[0].slice(1)) : null;
  app.page?.enter?.();
  document.title = `${app.page?.title ?? 'Not found'} · Callbridge`;
  draw();
  document.getElementById('main')?.focus({ preventScroll: true });
  // On a phone the menu is wider than the page.
  document.querySelector('.nav [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  window.scrollTo(0, 0);
}

const THEMES = { '': 'System', light: 'Light', dark: 'Dark' };

function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  localStorage.setItem('theme', name);
}

/** By whether Twilio is simulated, and then whether ElevenLabs is. */
const SANDBOX = [
  [
    'Sandbox database · Twilio and ElevenLabs are real: calls are placed and billed',
    'Sandbox · Simulated ElevenLabs, real Twilio: calls are placed and billed',
  ],
  [
    'Sandbox · Simulated Twilio, real ElevenLabs: no phone rings, conversations use your ElevenLabs credit',
    'Sandbox · Simulated Twilio and ElevenLabs: no phone rings, nothing is billed',
  ],
];

const CONNECTION = {
  connecting: ['Connecting', ''],
  live: ['Connected', 'good'],
  lost: ['Reconnecting', 'warn'],
};

function draw() {
  if (!app.me) {
    render(signIn.render(), root);
    return;
  }
  const [word, tone] = CONNECTION[app.stream.state];
  const here = app.route.split('/')[0];
  render(html`
    <a class="skip" href="#main" @click=${(e) => { e.preventDefault(); document.getElementById('main').focus(); }}>Skip to content</a>
    ${app.sandbox ? html`<div class="sandbox" role="note">${SANDBOX[+app.simulated.includes('twilio')][+app.simulated.includes('elevenlabs')]}</div>` : nothing}
    <div class="frame ${app.sandbox ? 'in-sandbox' : ''}">
      <header class="side">
        <a class="brand" href="#/"><img src="/assets/icon.svg" alt="">Callbridge</a>
        <nav aria-label="Main">
          <ul class="nav">
            ${NAV.map(([route, name]) => html`<li><a href="#/${route}" aria-current=${here === route ? 'page' : nothing}>${name}
              ${route === '' && app.stream.live.length ? html`<span class="count num" aria-label="${app.stream.live.length} calls">${app.stream.live.length}</span>` : nothing}</a></li>`)}
          </ul>
        </nav>
        <div class="foot">
          <div class="row"><span class="badge ${tone}" role="status" id="connection">${word}</span></div>
          <div class="row who"><span>Theme</span>
            <select class="plain" aria-label="Theme" @change=${(e) => theme(e.target.value)}>
              ${Object.entries(THEMES).map(([value, name]) => html`<option value=${value} ?selected=${value === (localStorage.getItem('theme') || '')}>${name}</option>`)}
            </select></div>
          <div class="row"><span class="who">${app.me.name}</span><button class="plain" @click=${signOut}>Sign out</button></div>
        </div>
      </header>
      <main id="main" tabindex="-1">${app.page ? app.page.render() : html`
        <div class="empty"><strong>There is no such page</strong><a href="#/">Back to the live calls</a></div>`}</main>
    </div>`, root);
  app.page?.drawn?.();
}

async function signOut() {
  try { await api('/logout', { method: 'POST' }); } finally { signedOut(); }
}

function signedOut() {
  app.stream.close();
  app.page?.leave?.();
  app.page = null;
  app.me = null;
  draw();
}

// What the page says while it loads is not lit-html's.
root.textContent = '';

async function start() {
  try {
    app.me = await api('/api/v1/me');
  } catch {
    app.me = null;
    draw();
    return;
  }
  app.sandbox = server.sandbox;
  app.simulated = server.simulated;
  app.stream.open();
  go();
}

theme(localStorage.getItem('theme') || '');
whenSignedOut(() => { if (app.me) signedOut(); });
app.stream.listen(draw);
window.addEventListener('hashchange', () => {
  if (!app.me) return;
  if (!app.page?.unsaved?.()) {
    go();
    return;
  }
  const wanted = location.hash;
  history.replaceState(null, '', `#/${app.route}`);
  askToDiscard(() => {
    app.page = null;
    if (location.hash === wanted) go();
    else location.hash = wanted;
  });
});
window.addEventListener('beforeunload', (e) => { if (app.page?.unsaved?.()) e.preventDefault(); });
// Durations tick.
setInterval(() => { if (app.me && app.stream.live.length) draw(); }, 1000);
start();
