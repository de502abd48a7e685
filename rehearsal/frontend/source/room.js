// A group session kept up to date over Socket.IO.
import { call } from "./api.js";
import { config } from "./config.js";
import { RoomState } from "./room-state.js";
import { io } from "./socket.io.js";
import { currentTokens } from "./tokens.js";

const ACK_TIMEOUT = 5000;
const RETRY = 500;
const LONGEST_RETRY = 10_000;

export class Room extends RoomState {
  closed = false;
  retry = RETRY;

  open() {
    this.socket = io(config.socketUrl, {
      auth: (done) => done({ token: currentTokens()?.access }),
      withCredentials: true,
    });
    this.socket.on("connect", () => this.join());
    this.socket.on("disconnect", (reason) => {
      this.changed({ connected: false });
      if (reason === "io server disconnect") this.renew();
    });
    // A network that is lost is tried again by the client itself, a refusal is not.
    this.socket.on("connect_error", () => this.socket.active || this.renew());
    this.socket.on("session_event", (event) => event.sessionId === this.id && this.receive(event));
  }

  close() {
    this.closed = true;
    this.socket?.disconnect();
  }

  // Its token has ended, or the sign-in has: asking who one is gets a new token, or says that one is signed out.
  async renew() {
    await call("GET", "/users/me").catch((error) => (this.closed ||= error.status === 401));
    setTimeout(() => this.closed || this.socket.connect(), this.retry);
    this.retry = Math.min(2 * this.retry, LONGEST_RETRY);
  }

  async join() {
    try {
      const answer = await this.ask("join_session", { sessionId: this.id });
      this.take(answer.session);
      this.present = new Set(answer.present);
      this.retry = RETRY;
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
}
