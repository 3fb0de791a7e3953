import { createChats } from './chats.ts';
import type { Frame } from './frames.ts';
import type { MeetingClient } from './MeetingClient.ts';
import { MeetingSession } from './MeetingSession.ts';
import { createMessages } from './messages.ts';
import { type MeetingClientOptions, settingsOf } from './options.ts';
import { LEAVE_MS } from './timing.ts';

/**
 * Makes a client of a meeting, which connects at once, and again whenever it loses its connection, until it is closed.
 *
 * Throws a `TypeError` for a URL that is none, and where there is no WebSocket.
 */
export function createMeetingClient(options: MeetingClientOptions): MeetingClient {
  const settings = settingsOf(options);
  const { session, meetingId } = settings;
  const meeting = new MeetingSession(settings);
  const { emitter, roster, requests, attributes } = meeting;
  const { on, once, off, events } = emitter;

  /** What comes to the same when it is done twice. */
  const command = async (fields: Frame): Promise<void> => {
    await requests.submit({
      fields: () => fields,
      // Whoever is gone at the second time was removed at the first, and only its ack was lost.
      onError: ({ code }, sendings) => (code === 'target_not_found' && sendings > 1 ? 'done' : 'reject'),
    });
  };

  return {
    ...{ session, meetingId, on, once, off, events },
    get state() {
      return meeting.state;
    },
    get self() {
      return meeting.self;
    },
    get lastWelcome() {
      return meeting.lastWelcome;
    },
    get participants() {
      return roster.list();
    },
    sendChat: createChats({
      ...{ meetingId, requests },
      onLogged: (data, sent) => meeting.takeOwnChat(data, sent),
    }),
    ...createMessages({ meetingId, requests, roster }),
    update: attributes.update,
    history: (range = {}) => meeting.history(range),
    remove: (userId) => command({ action: 'remove', userId }),
    lock: () => command({ action: 'lock' }),
    unlock: () => command({ action: 'unlock' }),
    async leave() {
      const spec = { fields: () => ({ action: 'leave' }), patienceMs: LEAVE_MS } as const;
      if (meeting.state.status === 'open') {
        await requests.submit({ ...spec, repeat: 'never', place: 'first' }).catch(() => {});
      }
      meeting.close('left');
    },
    close: () => meeting.close('closed'),
  };
}
