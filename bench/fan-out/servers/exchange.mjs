// What all plain servers have in common: who somebody is, and what the others get of a message. The stamped fields are
// those that CloudMeetX sends, so that frames are of one size.
import { randomUUID } from 'node:crypto';

let connections = 0;

/** Who connects, by the query of the URL. */
export function memberOf(url) {
  const query = new URL(url, 'http://localhost').searchParams;
  const userId = query.get('userId');
  return {
    connectionId: `connection-${++connections}`,
    userId,
    userName: userId,
    meetingId: query.get('meetingId'),
  };
}

/** What the others get. */
export function stamped({ connectionId, userId, userName }, { messageType, data }) {
  return {
    type: messageType,
    from: { connectionId, userId, userName },
    data,
    timestamp: new Date().toISOString(),
    messageId: randomUUID(),
  };
}

/** Keeps the values of each key, and forgets a key with its last one. */
export class Groups {
  #groups = new Map();

  add(key, value) {
    const group = this.#groups.get(key);
    if (group) group.add(value);
    else this.#groups.set(key, new Set([value]));
  }

  delete(key, value) {
    const group = this.#groups.get(key);
    group?.delete(value);
    if (group?.size === 0) this.#groups.delete(key);
  }

  get(key) {
    return this.#groups.get(key) ?? [];
  }
}

/** The key of a user in a meeting. */
export const userKey = (meetingId, userId) => `${meetingId} ${userId}`;
