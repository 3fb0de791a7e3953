import { type Address, addressOf, streamOf } from './addresses.ts';
import type { Delivery, DirectTarget } from './events.ts';
import type { MeetingClient } from './MeetingClient.ts';
import { MeetingError } from './MeetingError.ts';
import type { Requests } from './Requests.ts';
import type { Roster } from './Roster.ts';
import { snapshot } from './snapshot.ts';

/** What messages need. */
export type MessagePorts = {
  readonly meetingId: string;
  readonly requests: Requests;
  readonly roster: Roster;
};

/** Sends what isn't logged: messages to one or to everyone, and signals. */
export function createMessages({
  meetingId,
  requests,
  roster,
}: MessagePorts): Pick<MeetingClient, 'send' | 'broadcast' | 'signal'> {
  /** How many signals each stream has had. */
  const counts = new Map<string, number>();
  const countIn = (stream: string): number => {
    const count = (counts.get(stream) ?? 0) + 1;
    counts.set(stream, count);
    return count;
  };

  const deliver = async (
    message: { readonly messageType: string; readonly data: unknown },
    target: DirectTarget | undefined,
    repeat: 'safe' | 'never',
  ): Promise<Delivery> => {
    const data = snapshot(message.data);
    const findAddress = () => (target ? addressOf(target, roster) : { meetingId });
    let address: Address | undefined;
    let clientSeq: number | undefined;
    const { messageId, sent, failed, stale, queued } = await requests.submit({
      repeat,
      fields(sending) {
        address = findAddress();
        if (!address) throw new MeetingError('target_not_found', 'Nobody in this meeting has this session.');
        // What may be repeated is numbered; when it goes out at last, so that there is no number without a signal.
        if (sending === 1 && repeat === 'safe') clientSeq = countIn(streamOf(address, roster));
        return { action: 'sendMessage', ...address, ...message, data, clientSeq };
      },
      // A session whose connection has another name by now is sent to once more.
      onError({ code }) {
        const found = JSON.stringify(findAddress());
        const hasMoved = found !== undefined && found !== JSON.stringify(address);
        return code === 'target_not_found' && hasMoved ? 'again' : 'reject';
      },
    });
    return { messageId, sent, failed, stale, queued } as Delivery;
  };

  return {
    send: (target, messageType, data) => deliver({ messageType, data }, target, 'never'),
    async broadcast(messageType, data) {
      if (messageType !== 'chat') return deliver({ messageType, data }, undefined, 'never');
      throw new MeetingError('invalid_message_type', 'Use sendChat for chats to everyone.');
    },
    signal: (target, data) => deliver({ messageType: 'signal', data }, target, 'safe'),
  };
}
