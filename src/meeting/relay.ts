import { ProtocolError } from '../protocol/errors.ts';
import type { MessageFrame } from '../protocol/frames.ts';
import type { SendMessage, Target } from '../protocol/sendMessage.ts';
import { authorOf } from './announcement.ts';
import type { Audience, Connection } from './ports.ts';

/** The server's own word on a message: its id and its time. */
export type Stamp = {
  readonly messageId: string;
  /** ISO 8601 in UTC with milliseconds. */
  readonly timestamp: string;
};

/** Who gets what. */
export type Relay = {
  readonly audience: Audience;
  readonly frame: MessageFrame;
};

/**
 * Decides whom a message goes to and what they receive; does nothing itself.
 *
 * A sender reaches its own meeting only. Throws `other_meeting` and `observers_only_listen`.
 */
export function relay(sender: Connection, request: SendMessage, stamp: Stamp): Relay {
  const { target, messageType, data, clientSeq } = request;
  return {
    audience: audienceOf(target, sender),
    frame: {
      type: messageType,
      from: authorOf(sender),
      data,
      timestamp: stamp.timestamp,
      messageId: stamp.messageId,
      ...addressee(target),
      clientSeq,
    },
  };
}

function audienceOf(target: Target, { meetingId, role }: Connection): Audience {
  switch (target.kind) {
    case 'connection':
      return { kind: 'connection', meetingId, connectionId: target.connectionId };
    case 'user':
      return { kind: 'user', meetingId, userId: target.userId };
    case 'meeting':
      if (target.meetingId !== meetingId) throw new ProtocolError('other_meeting');
      if (role === 'observer') throw new ProtocolError('observers_only_listen');
      return target;
  }
}

function addressee(target: Target): Pick<MessageFrame, 'to'> {
  switch (target.kind) {
    case 'connection':
      return { to: { connectionId: target.connectionId } };
    case 'user':
      return { to: { userId: target.userId } };
    case 'meeting':
      return {};
  }
}
