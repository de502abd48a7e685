import { Injectable, NotFoundException } from '@nestjs/common';
import { Database } from '../platform/database';

export interface Track {
  id: number;
  name: string;
  artists: string[];
  album: string;
  genre: string;
  spotifyId: string;
  durationMs: number;
  previewUrl: null;
  score?: number;
}

const TRACK = `track.id, title as name, artists, album, track.genre, spotify_id as "spotifyId",
  duration_ms as "durationMs", null as "previewUrl"`;
const DISLIKED = 2;

export const CONTEXTS = ['workout', 'focus', 'party', 'relax'] as const;
export const TIMEFRAMES = ['day', 'week', 'month'] as const;
const MOOD_OF = { workout: 'energetic', focus: 'calm', party: 'happy', relax: 'calm' } as const;
const MOOD_WORDS: Record<string, string[]> = {
  calm: ['calm', 'quiet', 'relaxing', 'sleep', 'evening', 'soft', 'peaceful'],
  energetic: ['energetic', 'running', 'workout', 'fast', 'powerful', 'gym'],
  happy: ['happy', 'party', 'cheerful', 'summer', 'dancing'],
  sad: ['sad', 'melancholic', 'rainy', 'lonely'],
};

@Injectable()
export class MusicService {
  constructor(private readonly database: Database) {}

  async find(id: number): Promise<Track> {
    const track = await this.database.row<Track>(`select ${TRACK} from track where id = $1`, [id]);
    if (!track) throw new NotFoundException(`There is no song ${id}`);
    return track;
  }

  async recommendations(
    user: string,
    limit: number,
    offset: number,
    context?: (typeof CONTEXTS)[number],
  ): Promise<Track[]> {
    return this.database.rows<Track>(
      `select ${TRACK}, round((0.6 * coalesce(weight, 0) + 0.3 * popularity
          + case when mood = $4 then 0.1 else 0 end)::numeric, 4)::float as score
       from track
       left join taste on taste.genre = track.genre and taste.user_id = $1
       where not exists (select from rating where rating.user_id = $1 and track_id = track.id and rating <= ${DISLIKED})
       order by score desc, track.id limit $2 offset $3`,
      [user, limit, offset, context ? MOOD_OF[context] : null],
    );
  }

  async similar(user: string, id: number, limit: number): Promise<Track[]> {
    await this.find(id);
    return this.database.rows<Track>(
      `select ${TRACK}, round((1 - abs(track.popularity - this.popularity) * 0.5
          - case when track.mood = this.mood then 0 else 0.3 end)::numeric, 4)::float as score
       from track, (select genre as its_genre, mood, popularity from track where id = $1) as this
       where track.genre = its_genre and track.id <> $1
         and not exists (select from rating where rating.user_id = $3 and track_id = track.id and rating <= ${DISLIKED})
       order by score desc, track.id limit $2`,
      [id, limit, user],
    );
  }

  async trending(timeframe: (typeof TIMEFRAMES)[number], genre: string | undefined, limit: number): Promise<Track[]> {
    return this.database.rows<Track>(
      `select ${TRACK}, count(*)::int as score
       from track join play on track_id = track.id
       where played_at > now() - $1::interval and ($2::text is null or genre = $2)
       group by track.id order by score desc, track.id limit $3`,
      [`1 ${timeframe}`, genre ?? null, limit],
    );
  }

  /** Songs for a sentence: of the genres that it names, in the mood that it asks for; else those of such titles. */
  async search(user: string, query: string, limit: number): Promise<Track[]> {
    const words = query.toLowerCase().match(/[\p{L}\p{N}-]+/gu) ?? [];
    const moods = Object.keys(MOOD_WORDS).filter((mood) => words.some((word) => MOOD_WORDS[mood].includes(word)));
    return this.database.rows<Track>(
      `with named as (select distinct genre from track where genre = any($1))
       select ${TRACK}, round((0.5 * (genre in (table named))::int + 0.3 * (mood = any($2))::int
          + 0.2 * popularity)::numeric, 4)::float as score
       from track
       where case when exists (table named) then genre in (table named)
                  when cardinality($2::text[]) > 0 then mood = any($2)
                  else exists (select from unnest($1::text[]) as word
                               where length(word) > 2 and position(word in lower(title || ' ' || array_to_string(artists, ' '))) > 0)
             end
         and not exists (select from rating where rating.user_id = $4 and track_id = track.id and rating <= ${DISLIKED})
       order by score desc, track.id limit $3`,
      [words, moods, limit, user],
    );
  }

  /** By turns what each member would like best; nothing that any of them dislikes. */
  async forMembers(session: string, limit: number): Promise<Track[]> {
    return this.database.rows<Track>(
      `with liked as (
         select track.id, row_number() over (partition by member.user_id
                  order by 0.6 * coalesce(weight, 0) + 0.3 * popularity desc, track.id) as place
         from track cross join session_member as member
         left join taste on taste.genre = track.genre and taste.user_id = member.user_id
         where member.session_id = $1 and not exists (
           select from rating join session_member as other on other.user_id = rating.user_id
           where other.session_id = $1 and track_id = track.id and rating <= ${DISLIKED})
       ), best as (select id, min(place) as place from liked group by id)
       select ${TRACK}, round((1.0 / best.place)::numeric, 6)::float as score
       from best join track on track.id = best.id order by best.place, track.id limit $2`,
      [session, limit],
    );
  }

  async rate(user: string, track: number, rating: number): Promise<void> {
    await this.find(track);
    await this.database.rows(
      `insert into rating (user_id, track_id, rating) values ($1, $2, $3)
       on conflict (user_id, track_id) do update set rating = excluded.rating, rated_at = now()`,
      [user, track, rating],
    );
  }
}
