// One group session as this tab sees it, kept up to date over a plain WebSocket.
import { call } from "./api.js";
import { config } from "./config.js";

const RETRY = 500;

export class Room extends EventTarget {
  constructor(session) {
    super();
    this.take(session);
    this.present = new Set();
    this.connected = false;
    this.closed = false;
  }

  take(session) {
    this.id = session.id;
    this.name = session.name;
    this.members = session.members;
    this.playlist = session.playlist;
    this.version = session.playlistVersion;
  }

  open() {
    this.socket = new WebSocket(`${config.socketUrl.replace(/^http/, "ws")}/socket`);
    this.socket.addEventListener("open", () => this.say("JOIN_SESSION", {}));
    this.socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(data)));
    this.socket.addEventListener("close", () => {
      this.changed({ connected: false });
      if (!this.closed) setTimeout(() => this.closed || this.open(), RETRY);
    });
  }

  close() {
    this.closed = true;
    this.socket?.close();
  }

  say(type, payload) {
    this.socket.send(JSON.stringify({ type, payload: { sessionId: this.id, ...payload } }));
  }

  async add(track) {
    this.say("UPDATE_PLAYLIST", { action: "add", track: { id: track.id } });
  }

  async remove(track) {
    this.say("UPDATE_PLAYLIST", { action: "remove", track: { id: track.id } });
  }

  receive({ type, payload }) {
    if (type === "ERROR") return void this.dispatchEvent(new CustomEvent("problem", { detail: payload.message }));
    if (payload.sessionId !== this.id) return;
    if (type === "SESSION_UPDATE" && payload.ended) this.dispatchEvent(new Event("ended"));
    if (type === "SESSION_UPDATE" && payload.session) {
      this.take(payload.session);
      this.present = new Set(payload.present);
      this.connected = true;
    }
    if (type === "USER_JOIN") this.arrive(payload.user);
    if (type === "USER_LEAVE") this.depart(payload);
    if (type === "PLAYLIST_UPDATE") this.update(payload);
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
