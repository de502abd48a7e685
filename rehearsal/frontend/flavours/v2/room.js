// A group session kept up to date over a plain WebSocket.
import { call } from "./api.js";
import { config } from "./config.js";
import { RoomState } from "./room-state.js";

const RETRY = 500;
const LONGEST_RETRY = 10_000;

export class Room extends RoomState {
  closed = false;
  retry = RETRY;

  open() {
    this.socket = new WebSocket(`${config.socketUrl.replace(/^http/, "ws")}/socket`);
    this.socket.addEventListener("open", () => this.say("JOIN_SESSION", {}));
    this.socket.addEventListener("message", ({ data }) => this.receive(JSON.parse(data)));
    this.socket.addEventListener("close", () => {
      this.changed({ connected: false });
      if (!this.closed) this.renew();
    });
  }

  // A token that has ended, or a lost network: asking who one is tells which.
  async renew() {
    await call("GET", "/users/me").catch((error) => (this.closed ||= error.status === 401));
    setTimeout(() => this.closed || this.open(), this.retry);
    this.retry = Math.min(2 * this.retry, LONGEST_RETRY);
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
      this.retry = RETRY;
    }
    if (type === "USER_JOIN") this.arrive(payload.user);
    if (type === "USER_LEAVE") this.depart(payload);
    if (type === "PLAYLIST_UPDATE") this.update(payload);
    this.changed();
  }
}
