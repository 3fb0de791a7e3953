import type { Attributes } from '../protocol/participants.ts';
import { ChatQueue } from './ChatQueue.ts';
import type { Delivery, DirectTarget, HistoryPage, HistoryRange, SentChat, SessionTarget } from './events.ts';
import { bytesOf, type Frame } from './frames.ts';
import { MeetingError } from './MeetingError.ts';
import type { Requests } from './Requests.ts';
import type { Roster } from './Roster.ts';
import { CHAT_PATIENCE_MS, LEAVE_MS } from './timing.ts';

/** What requests are made of. */
export type OutgoingPorts = {
  readonly meetingId: string;
  readonly requests: Requests;
  readonly roster: Roster;
  /** A limit as the last welcome told it. */
  readonly limit: (name: 'attributesBytes' | 'entryBytes') => number;
  /** Called with a chat of this client's that the log has, before its promise resolves. */
  readonly onChatLogged: (data: unknown, sent: SentChat) => void;
  /** Called with attributes that the server has taken. */
  readonly onAttributes: (attributes: Attributes) => void;
};

/** Room for what a server adds to a message: names of 128 characters, ids, a stamp. */
const ENVELOPE_BYTES = 2048;

/** The requests that a client makes: each resolves to what its reply says, or rejects with a {@link MeetingError}. */
export class Outgoing {
  readonly #ports: OutgoingPorts;
  readonly #chats = new ChatQueue();
  /** How many signals each target was sent. */
  readonly #signals = new Map<string, number>();

  #attributes: Attributes | undefined;

  constructor(ports: OutgoingPorts, attributes: Attributes | undefined) {
    this.#ports = ports;
    this.#attributes = attributes;
  }

  /** Sends a chat to everyone, after those before it. */
  async chat(given: unknown, requestId: string | undefined): Promise<SentChat> {
    const { requests, meetingId, limit, onChatLogged } = this.#ports;
    const data = snapshot(given);
    const fields = () => ({ action: 'sendMessage', meetingId, messageType: 'chat', data });
    // Now, and not when its turn comes.
    const bytes = bytesOf(requests.encode(fields, requestId ?? ''));
    if (bytes + ENVELOPE_BYTES > limit('entryBytes')) {
      throw new MeetingError(
        'message_too_large',
        `This chat has ${bytes} bytes, which is too long to be kept.`,
      );
    }
    return this.#chats.run(async () => {
      const patienceMs = CHAT_PATIENCE_MS;
      const ack = await requests.submit({ fields, repeat: 'safe', patienceMs, requestId });
      const sent = { seq: Number(ack.seq), messageId: String(ack.messageId) };
      onChatLogged(data, sent);
      return sent;
    });
  }

  /** Sends a message to one, or without a target to everyone. Not repeated: nobody could tell it from another. */
  async message(messageType: string, given: unknown, target?: DirectTarget): Promise<Delivery> {
    const { meetingId, requests } = this.#ports;
    const data = snapshot(given);
    const to = () => (target ? this.#addressOf(target) : { meetingId });
    const fields = () => ({ action: 'sendMessage', ...to(), messageType, data });
    return delivered(
      await requests.submit({ fields, repeat: 'never', onError: this.#relocating(target, to) }),
    );
  }

  /** Sends a signal, numbered so that its receiver restores the order, and knows what it gets twice. */
  async signal(target: DirectTarget, given: unknown): Promise<Delivery> {
    const { requests } = this.#ports;
    const data = snapshot(given);
    const to = () => this.#addressOf(target);
    let clientSeq: number | undefined;
    const fields = () => {
      const address = to();
      clientSeq ??= this.#nextNumber(target);
      return { action: 'sendMessage', ...address, messageType: 'signal', data, clientSeq };
    };
    return delivered(
      await requests.submit({ fields, repeat: 'safe', onError: this.#relocating(target, to) }),
    );
  }

  /** What a join has to say. */
  get attributes(): Attributes | undefined {
    return this.#attributes;
  }

  /**
   * Replaces what this connection tells of itself. Whenever it goes out it says the last word, as the next join does, so
   * that one that is late, or repeated, brings nothing back.
   */
  async update(given: Attributes): Promise<void> {
    const { requests, limit, onAttributes } = this.#ports;
    const attributes = snapshot(given) as Attributes;
    const most = limit('attributesBytes');
    if (
      typeof attributes !== 'object' ||
      Array.isArray(attributes) ||
      bytesOf(JSON.stringify(attributes)) > most
    ) {
      throw new MeetingError('invalid_request', `attributes must be a JSON object of at most ${most} bytes.`);
    }
    const before = this.#attributes;
    this.#attributes = attributes;
    try {
      const fields = () => ({ action: 'update', attributes: this.#attributes });
      await requests.submit({ fields, repeat: 'safe', patienceMs: CHAT_PATIENCE_MS });
    } catch (error) {
      if (this.#attributes === attributes) this.#attributes = before;
      throw error;
    }
    onAttributes(attributes);
  }

  async history(range: HistoryRange, place: 'first' | 'last' = 'last'): Promise<HistoryPage> {
    const fields = () => ({ action: 'history', ...range });
    const page = await this.#ports.requests.submit({ fields, repeat: 'safe', place });
    return page as unknown as HistoryPage;
  }

  /** A request that the server acks; doing it twice is as good as once. */
  async command(fields: Frame, onError?: 'target-may-be-gone'): Promise<void> {
    await this.#ports.requests.submit({
      fields: () => fields,
      repeat: 'safe',
      // The first time did it, and only its ack was lost.
      ...(onError && {
        onError: ({ code }, sendings) => (code === 'target_not_found' && sendings > 1 ? 'done' : 'reject'),
      }),
    });
  }

  async leave(): Promise<void> {
    const fields = () => ({ action: 'leave' });
    await this.#ports.requests.submit({
      fields,
      repeat: 'never',
      patienceMs: LEAVE_MS,
      place: 'first',
    });
  }

  /** A session whose connection has another name by now is sent to once more. */
  #relocating(target: DirectTarget | undefined, address: () => Frame) {
    let last = target && JSON.stringify(address());
    return ({ code }: MeetingError): 'again' | 'reject' => {
      if (code !== 'target_not_found' || !target || !('session' in target)) return 'reject';
      const before = last;
      last = this.#ports.roster.find(target) && JSON.stringify(address());
      return last !== undefined && last !== before ? 'again' : 'reject';
    };
  }

  #addressOf(target: DirectTarget): Frame {
    if ('connectionId' in target) return { targetConnectionId: target.connectionId };
    if (!('session' in target)) return { targetUserId: target.userId };
    const connection = this.#ports.roster.find(target);
    if (connection) return { targetConnectionId: connection.connectionId };
    throw new MeetingError('target_not_found', `Nobody in this meeting has the session "${target.session}".`);
  }

  #nextNumber(target: DirectTarget): number {
    const key = JSON.stringify(
      'userId' in target && !('session' in target) ? target : this.#sessionOf(target),
    );
    const next = (this.#signals.get(key) ?? 0) + 1;
    this.#signals.set(key, next);
    return next;
  }

  /** Signals to a session are counted together, however it was named. */
  #sessionOf(target: Exclude<DirectTarget, { readonly userId: string }> | SessionTarget): DirectTarget {
    const { roster } = this.#ports;
    const connectionId = 'connectionId' in target ? target.connectionId : roster.find(target)?.connectionId;
    for (const { userId, connections } of roster.list()) {
      const session = connections.find((other) => other.connectionId === connectionId)?.session;
      if (session !== undefined) return { session, userId };
    }
    return target;
  }
}

/** What is sent later, or again, is what was given now. */
function snapshot(data: unknown): unknown {
  const text = JSON.stringify(data);
  if (text === undefined || text === 'null') {
    throw new MeetingError('missing_data', 'There is nothing to send: give any JSON value but null.');
  }
  return JSON.parse(text);
}

function delivered({ messageId, sent, failed, stale }: Frame): Delivery {
  return { messageId, sent, failed, stale } as Delivery;
}
