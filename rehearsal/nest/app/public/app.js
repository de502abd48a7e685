'use strict';

const settings = JSON.parse(document.querySelector('#settings').textContent);
const problem = document.querySelector('#problem');

/** Asks the API by the cookie; an access token that is over is renewed once. */
async function ask(method, path, body, again = true) {
  const answer = await reach(`${settings.apiUrl}${path}`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    credentials: 'same-origin',
  });
  if (answer.status === 401 && settings.me && again) {
    const renewed = await reach(`${settings.apiUrl}/auth/refresh`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{}',
    });
    if (renewed.ok) return ask(method, path, body, false);
    location.assign('/login');
  }
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error([].concat(content.message).join('; '));
  return content;
}

/** A request that does not get there is said in words. */
async function reach(url, options) {
  try {
    return await fetch(url, options);
  } catch {
    throw new Error('Audotics cannot be reached. Are you online?');
  }
}

function onSubmit(id, work) {
  const form = document.querySelector(id);
  if (!form) return;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    problem.textContent = '';
    try {
      await work(Object.fromEntries(new FormData(form)));
    } catch (error) {
      problem.textContent = error.message;
    }
  });
}

function onClick(selector, work) {
  document.addEventListener('click', async (event) => {
    const button = event.target.closest(selector);
    if (!button) return;
    problem.textContent = '';
    try {
      await work(button);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
}

function afterSignIn() {
  const next = new URLSearchParams(location.search).get('next') ?? '';
  location.assign(/^\/(home|listen\/[0-9a-f-]+)$/.test(next) ? next : '/home');
}

onSubmit('#login-form', async ({ email, password }) => {
  await ask('POST', '/auth/login', { email, password });
  afterSignIn();
});
onSubmit('#register-form', async ({ name, email, password }) => {
  await ask('POST', '/auth/register', { name, email, password });
  await ask('POST', '/auth/login', { email, password });
  afterSignIn();
});
onSubmit('#create-form', async ({ name }) => {
  const made = await ask('POST', '/sessions', { name });
  location.assign(`/listen/${made.id}`);
});
onSubmit('#join-form', async ({ code }) => {
  const joined = await ask('POST', `/sessions/${encodeURIComponent(code.trim())}/join`);
  location.assign(`/listen/${joined.id}`);
});
onClick('#log-out', async () => {
  await ask('POST', '/auth/logout');
  location.assign('/');
});

if (settings.session) follow(settings.session);

function follow(sessionId) {
  const socket = io(settings.socketUrl);
  const send = (event, body) =>
    new Promise((resolve, reject) => {
      socket.timeout(5000).emit(event, { sessionId, ...body }, (error, answer) => {
        if (error) reject(new Error('The server did not answer'));
        else if (answer.status === 'error') reject(new Error(answer.message));
        else resolve(answer);
      });
    });
  const trackOf = (button) => Number(button.closest('[data-track]').dataset.track);

  let renewed = false;
  socket.on('connect', async () => {
    renewed = false;
    problem.textContent = '';
    const { session } = await send('join_session');
    showMembers(session.members);
    showQueue(session.playlist);
  });
  socket.on('connect_error', async (error) => {
    if (error.message !== 'unauthorized' || renewed) {
      problem.textContent = 'Changes of the others cannot be shown right now.';
      return;
    }
    // The access token was over when the page connected: a request renews it.
    renewed = true;
    await ask('GET', '/users/me');
    socket.connect();
  });
  socket.on('session_event', async ({ type, data }) => {
    const isOver = type === 'session_ended' || (type === 'user_left' && data.userId === settings.me.id && data.left);
    if (isOver) {
      location.assign('/home');
      return;
    }
    try {
      const session = await ask('GET', `/sessions/${sessionId}`);
      showMembers(session.members);
      showQueue(session.playlist);
    } catch (error) {
      problem.textContent = error.message;
    }
  });
  onClick('.add', (button) => send('update_playlist', { action: 'add', track: trackOf(button) }));
  onClick('.remove', (button) => send('update_playlist', { action: 'remove', track: trackOf(button) }));
  onClick('#leave', async () => {
    await ask('DELETE', `/sessions/${sessionId}/leave`);
    location.assign('/home');
  });
}

function showMembers(members) {
  const shown = members.map((member) => {
    const entry = document.createElement('li');
    entry.dataset.member = member.id;
    entry.textContent = member.name;
    return entry;
  });
  document.querySelector('#members').replaceChildren(...shown);
}

function showQueue(tracks) {
  const shown = tracks.map((track) => {
    const entry = document.createElement('li');
    entry.dataset.track = track.id;
    const name = document.createElement('span');
    name.textContent = track.name;
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'remove';
    button.textContent = 'Take off';
    entry.append(name, ' ', button);
    return entry;
  });
  document.querySelector('#queue').replaceChildren(...shown);
}
