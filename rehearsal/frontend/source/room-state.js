// One group session as this tab knows it; how its events get here is its subclasses' business.
import { call } from "./api.js";

export class RoomState extends EventTarget {
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
