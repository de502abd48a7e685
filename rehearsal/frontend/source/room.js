// One group session as this tab sees it, kept up to date over Socket.IO.
import { call } from "./api.js";
import { config } from "./config.js";
import { io } from "./socket.io.js";
import { currentTokens } from "./tokens.js";

const ACK_TIMEOUT = 5000;

export class Room extends EventTarget {
  constructor(session) {
    super();
    this.take(session);
    this.present = new Set();
    this.connected = false;
  }

  take(session) {
    this.id = session.id;
    this.name = session.name;
    this.members = session.members;
    this.playlist = session.playlist;
    this.version = session.playlistVersion;
  }

  open() {
    this.socket = io(config.socketUrl, {
      auth: (done) => done({ token: currentTokens()?.access }),
      withCredentials: true,
    });
    this.socket.on("connect", () => this.join());
    this.socket.on("disconnect", () => this.changed({ connected: false }));
    this.socket.on("session_event", (event) => event.sessionId === this.id && this.receive(event));
  }

  close() {
    this.socket?.disconnect();
  }

  async join() {
    try {
      const answer = await this.ask("join_session", { sessionId: this.id });
      this.take(answer.session);
      this.present = new Set(answer.present);
      this.changed({ connected: true });
    } catch (error) {
      this.dispatchEvent(new CustomEvent("problem", { detail: error.message }));
    }
  }

  add(track) {
    return this.ask("update_playlist", { sessionId: this.id, action: "add", track: { id: track.id } });
  }

  remove(track) {
    return this.ask("update_playlist", { sessionId: this.id, action: "remove", track: { id: track.id } });
  }

  async ask(event, payload) {
    const answer = await this.socket.timeout(ACK_TIMEOUT).emitWithAck(event, payload).catch(() => null);
    if (!answer) throw new Error("No answer from the session. Please try again.");
    if (!answer.ok) throw new Error(answer.error.message);
    return answer;
  }

  receive({ type, data }) {
    if (type === "session_ended") this.dispatchEvent(new Event("ended"));
    if (type === "user_joined") this.arrive(data.user);
    if (type === "user_left") this.depart(data);
    if (type === "playlist_updated") this.update(data);
    this.changed();
  }

  arrive(user) {
    this.present.add(user.id);
    if (!this.members.some((member) => member.id === user.id)) this.members = [...this.members, user];
  }

  depart({ user, member }) {
    this.present.delete(user.id);
    if (!member) this.members = this.members.filter(({ id }) => id !== user.id);
  }

  update(data) {
    if (data.version <= this.version) return;
    if (data.action !== "replace" && data.version !== this.version + 1) return void this.reload();
    this.version = data.version;
    if (data.action === "replace") this.playlist = data.tracks;
    if (data.action === "add") this.playlist = [...this.playlist, data.track];
    if (data.action === "remove") this.playlist = this.playlist.filter(({ id }) => id !== data.track.id);
  }

  async reload() {
    this.take(await call("GET", `/api/sessions/${this.id}`));
    this.changed();
  }

  changed(state = {}) {
    Object.assign(this, state);
    this.dispatchEvent(new Event("changed"));
  }
}
