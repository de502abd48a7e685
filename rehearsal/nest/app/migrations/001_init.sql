-- Accounts. Addresses are stored as they are compared: trimmed, normalised (NFKC) and in small letters.
create table app_user (
  id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  spotify_id text unique,
  role text not null default 'member' check (role in ('member', 'admin')),
  created_at timestamptz not null default now()
);

-- One row for each sign-in of a browser or client; a row that is gone ends all of its tokens.
create table sign_in (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references app_user on delete cascade,
  refresh_hash text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sign_in_user on sign_in (user_id);

-- A sign-in with the provider that has begun, tied to the browser by a cookie that holds its id.
create table oauth_attempt (
  id uuid primary key default gen_random_uuid(),
  state text not null,
  verifier text not null,
  created_at timestamptz not null default now()
);

create table track (
  id integer primary key,
  title text not null,
  artists text[] not null,
  album text not null,
  genre text not null,
  mood text not null,
  spotify_id text not null unique,
  duration_ms integer not null,
  popularity real not null
);
create index track_genre on track (genre);

create table taste (
  user_id uuid not null references app_user on delete cascade,
  genre text not null,
  weight real not null,
  primary key (user_id, genre)
);

create table rating (
  user_id uuid not null references app_user on delete cascade,
  track_id integer not null references track,
  rating integer not null check (rating between 1 and 5),
  rated_at timestamptz not null default now(),
  primary key (user_id, track_id)
);

create table play (
  track_id integer not null references track,
  played_at timestamptz not null
);
create index play_at on play (played_at);

create table listening_session (
  id uuid primary key default gen_random_uuid(),
  name text not null,
  owner_id uuid not null references app_user on delete cascade,
  revision integer not null default 0,
  created_at timestamptz not null default now()
);

create table session_member (
  session_id uuid not null references listening_session on delete cascade,
  user_id uuid not null references app_user on delete cascade,
  joined_at timestamptz not null default now(),
  primary key (session_id, user_id)
);

create table session_track (
  session_id uuid not null references listening_session on delete cascade,
  position integer not null,
  track_id integer not null references track,
  added_by uuid references app_user on delete set null,
  primary key (session_id, position)
);
