// A group session kept up to date over a plain WebSocket.
import { config } from "./config.js";
import { RoomState } from "./room-state.js";

const RETRY = 500;

export class Room extends RoomState {
  closed = false;

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
}
