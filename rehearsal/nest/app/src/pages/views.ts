import { config } from '../config';
import type { Caller } from '../auth/tokens.service';
import type { Track } from '../music/music.service';
import type { ListeningSession } from '../sessions/sessions.service';
import { asset } from './assets';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const ERRORS: Record<string, string> = {
  spotify_refused: 'Spotify did not let you in.',
  address_in_use: 'There is an account with this address already; sign in with its password.',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** JSON within a page: nothing in it can end its element. */
function json(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function page(title: string, body: string, caller?: Caller, session?: string): string {
  const { version, commit } = config.release;
  const settings = {
    apiUrl: `${config.publicUrl}/api`,
    socketUrl: config.publicUrl,
    siteUrl: config.publicUrl,
    spotifyClientId: config.spotify.clientId,
    release: version,
    commit,
    me: caller ? { id: caller.id, name: caller.name } : null,
    session: session ?? null,
  };
  const account = caller
    ? `<span>${escaped(caller.name)}</span> <button type="button" id="log-out">Log out</button>`
    : '<a href="/login">Log in</a>';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} – Audotics</title>
<link rel="icon" href="${asset('icon.svg')}">
<link rel="stylesheet" href="${asset('style.css')}">
</head>
<body>
<header><a href="/">Audotics</a><nav>${account}</nav></header>
<main>
<h1>${escaped(title)}</h1>
<p id="problem" role="alert"></p>
${body}
</main>
<script type="application/json" id="settings">${json(settings)}</script>
<script src="/socket.io/socket.io.min.js" defer></script>
<script src="${asset('app.js')}" defer></script>
</body>
</html>
`;
}

function field(label: string, name: string, type: string, more = ''): string {
  return `<label>${label} <input name="${name}" type="${type}" required ${more}></label>`;
}

function songs(tracks: Track[], button = ''): string {
  return tracks
    .map(
      (track) =>
        `<li data-track="${track.id}"><span>${escaped(track.name)}</span> <small>${escaped(track.artists.join(', '))}</small>${button}</li>`,
    )
    .join('\n');
}

export function landing(caller: Caller | undefined): string {
  const way = caller
    ? '<a href="/home">Go to your music</a>'
    : '<a href="/login">Log in</a> or <a href="/register">make an account</a>';
  return page('Music for you and your friends', `<p>Recommendations that know you, and sessions for listening together.</p><p>${way}</p>`, caller);
}

export function login(error: string): string {
  const problem = ERRORS[error] ?? '';
  return page(
    'Log in',
    `${problem && `<p role="status">${problem}</p>`}
<form id="login-form" novalidate>
${field('Email address', 'email', 'email', 'autocomplete="username"')}
${field('Password', 'password', 'password', 'autocomplete="current-password"')}
<button type="submit">Log in</button>
</form>
<p><a href="/api/auth/spotify/login">Continue with Spotify</a> · <a href="/register">Make an account</a></p>`,
  );
}

export function registration(): string {
  return page(
    'Make an account',
    `<form id="register-form" novalidate>
${field('Your name', 'name', 'text', 'maxlength="80"')}
${field('Email address', 'email', 'email', 'autocomplete="username"')}
${field('Password (10 characters or more)', 'password', 'password', 'autocomplete="new-password" minlength="10"')}
<button type="submit">Make an account</button>
</form>`,
  );
}

export function home(caller: Caller, recommended: Track[]): string {
  return page(
    'Your music',
    `<section><h2>Listen together</h2>
<form id="create-form">${field('Name of the session', 'name', 'text', 'maxlength="80"')}<button type="submit">Start a session</button></form>
<form id="join-form">${field('Code from a friend', 'code', 'text')}<button type="submit">Join</button></form>
</section>
<section><h2 id="for-you">Recommended for you</h2><ol aria-labelledby="for-you">
${songs(recommended)}
</ol></section>`,
    caller,
  );
}

export function session(caller: Caller, shown: ListeningSession, recommended: Track[]): string {
  const members = shown.members.map((member) => `<li data-member="${member.id}">${escaped(member.name)}</li>`).join('');
  const playlist = shown.playlist
    .map(
      (track) =>
        `<li data-track="${track.id}"><span>${escaped(track.name)}</span> <button type="button" class="remove">Take off</button></li>`,
    )
    .join('');
  return page(
    shown.name,
    `<p>Code for friends: <code id="code">${shown.id}</code> <button type="button" id="leave">Leave</button></p>
<section><h2 id="members-title">Who is here</h2><ul id="members" aria-labelledby="members-title">${members}</ul></section>
<section><h2 id="queue-title">Up next</h2><ol id="queue" aria-labelledby="queue-title">${playlist}</ol></section>
<section><h2 id="for-all-title">For all of you</h2><ol id="for-all" aria-labelledby="for-all-title">
${songs(recommended, ' <button type="button" class="add">Add</button>')}
</ol></section>`,
    caller,
    shown.id,
  );
}

export function missing(caller: Caller): string {
  return page('There is no such session', '<p>It may have ended. <a href="/home">Back to your music</a></p>', caller);
}
