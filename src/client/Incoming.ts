import type { MessageFrame } from '../protocol/frames.ts';
import type { Author, EventFrame } from '../protocol/participants.ts';
import type { Clock } from './clock.ts';
import type { Emitter } from './Emitter.ts';
import type { ClientEvents } from './events.ts';
import { errorOf, type Frame } from './frames.ts';
import type { Roster } from './Roster.ts';
import { createRecentIds } from './recentIds.ts';
import { SignalOrder } from './SignalOrder.ts';
import { RECENT_MESSAGES } from './timing.ts';

/** What is made of frames that answer no request. */
export type IncomingPorts = {
  /** Whether somebody is this very client: whoever likes may call their own session the same. */
  readonly isOwn: (author: Author) => boolean;
  readonly clock: Clock;
  readonly emitter: Emitter<ClientEvents>;
  readonly roster: Roster;
  /** Takes a numbered frame, and shows it by {@link Incoming.showLine} when its turn has come. */
  readonly takeLine: (seq: number, line: Frame) => void;
};

/** Whose signals are counted together. */
type Sender = Pick<Author, 'userId' | 'session' | 'connectionId'>;

/** By user as well: a session is what its client says, and another may say the same. */
const nameOf = ({ userId, session, connectionId }: Sender): string =>
  JSON.stringify([userId, session ?? connectionId]);

/** The last word on whether the meeting is locked, as the event that tells of it is called. */
type LockWord = 'meetingLocked' | 'meetingUnlocked';

const replies: readonly unknown[] = ['ack', 'history', 'participants', 'welcome'];

/** Sorts what comes: lines of the log, the server's events, signals, and messages, each of which is told once. */
export class Incoming {
  readonly #ports: IncomingPorts;
  readonly #isNew = createRecentIds(RECENT_MESSAGES);
  readonly #signals: SignalOrder<MessageFrame>;
  #lock: LockWord | undefined;

  constructor(ports: IncomingPorts) {
    this.#ports = ports;
    this.#signals = new SignalOrder(ports.clock, (signal) => ports.emitter.emit('signal', signal));
    // Nothing more is expected of who has left.
    ports.emitter.on('participantLeft', ({ participant: { userId, connections } }) => {
      for (const connection of connections) this.#signals.forget(nameOf({ ...connection, userId }));
    });
  }

  /** Takes a frame as it came. */
  receive(frame: Frame): void {
    const { type, seq } = frame;
    if (typeof type !== 'string' || type === 'error') {
      this.#ports.emitter.emit('error', errorOf(frame));
    } else if (replies.includes(type)) {
      // It answers a request that was given up.
      return;
    } else if (typeof seq === 'number') {
      this.#ports.takeLine(seq, frame);
    } else if (type === 'event' && frame.origin === 'server') {
      this.#onEvent(frame as unknown as EventFrame);
    } else {
      this.#onMessage(frame as unknown as MessageFrame);
    }
  }

  /** Tells of a line of the log whose turn has come. */
  showLine(line: Frame): void {
    const { emitter, roster, isOwn } = this.#ports;
    const seq = Number(line.seq);
    if (line.type === 'chat') {
      const message = line as unknown as MessageFrame;
      emitter.emit('chat', { ...message, type: 'chat', seq, own: isOwn(message.from) });
    } else if (line.type === 'event') {
      roster.takeLine(line as unknown as EventFrame, seq);
    }
  }

  /** Takes the word of a welcome, or of an event, on whether the meeting is locked. */
  setLock(lock: LockWord, by?: Author): void {
    const isNews = this.#lock && this.#lock !== lock;
    this.#lock = lock;
    if (isNews) this.#ports.emitter.emit(lock, { by });
  }

  /** Nothing more is told. */
  close(): void {
    this.#signals.forget('');
  }

  #onEvent({ data, from }: EventFrame): void {
    if (data.eventType === 'user-updated') this.#ports.roster.takeUpdate(data.participant);
    else if (data.eventType === 'meeting-locked') this.setLock('meetingLocked', from);
    else if (data.eventType === 'meeting-unlocked') this.setLock('meetingUnlocked', from);
  }

  #onMessage(message: MessageFrame): void {
    const { from, to, type, clientSeq } = message;
    // A broadcast reaches the connection that is being renewed, too.
    if (!to && this.#ports.isOwn(from)) return;
    if (!this.#isNew(message.messageId)) return;
    if (type !== 'signal') this.#ports.emitter.emit('message', message);
    else if (typeof clientSeq !== 'number' || !to) this.#ports.emitter.emit('signal', message);
    else {
      // Numbers are counted for each target: a session's connections, or a user.
      const key = nameOf(from) + ('userId' in to ? 'user' : 'session');
      this.#signals.take(key, clientSeq, message);
    }
  }
}
