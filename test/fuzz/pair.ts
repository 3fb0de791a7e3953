import { isDeepStrictEqual } from 'node:util';
import { type Random, seededRandom } from '../harness/random.ts';
import { type Frame, TestClient } from '../harness/TestClient.ts';
import { jsonValue } from './chance.ts';
import { inTime, shown } from './run.ts';
import type { Person } from './textCase.ts';

const MEETING_ID = 'standup';

type Participant = { readonly userId: string; readonly connectionId: string; readonly client: TestClient };

/**
 * Two who chat without pause, and who notice anything that a meeting of two may not show: a message that is lost,
 * doubled, late or changed, a frame from anybody else, a connection closed.
 */
export class ChattingPair {
  readonly meetingId = MEETING_ID;
  readonly people: readonly Person[];
  readonly #participants: readonly [Participant, Participant];
  readonly #random: Random;
  #state: 'chatting' | 'stopping' = 'chatting';
  #exchanged = 0;
  #logged = 0;

  private constructor(participants: readonly [Participant, Participant], seed: number) {
    this.#participants = participants;
    this.people = participants;
    this.#random = seededRandom(seed);
  }

  /** Connects alice and bob. */
  static async connect(url: string, seed: number): Promise<ChattingPair> {
    const alice = await TestClient.connect(`${url}?meetingId=${MEETING_ID}&userId=alice&userName=Alice`);
    const bob = await TestClient.connect(`${url}?meetingId=${MEETING_ID}&userId=bob&userName=Bob`);
    const pair = [
      { userId: 'alice', client: alice, connectionId: await connectionIdOf(alice, bob) },
      { userId: 'bob', client: bob, connectionId: await connectionIdOf(bob, alice) },
    ] as const;
    return new ChattingPair(pair, seed);
  }

  /** Chats until it is stopped; returns how many messages were exchanged. Rejects when anything disturbs the two. */
  async chat(): Promise<number> {
    const closings = this.#participants.map(async ({ client, userId }) => {
      const { code } = await client.closed;
      throw disturbed(userId, 'to stay connected', `closed with ${code}`);
    });
    return await Promise.race([this.#chat(), ...closings]);
  }

  async #chat(): Promise<number> {
    const [alice, bob] = this.#participants;
    while (this.#state === 'chatting') {
      await this.#say(alice, bob);
      await this.#say(bob, alice);
    }
    for (const { client, userId } of this.#participants) {
      if (client.unread.length > 0) throw disturbed(userId, 'nothing more', client.unread);
    }
    return this.#exchanged;
  }

  /** Lets the two finish what they say. */
  stop(): void {
    this.#state = 'stopping';
  }

  async #say(from: Participant, to: Participant): Promise<void> {
    const number = this.#exchanged++;
    const data: unknown = JSON.parse(JSON.stringify({ number, said: JSON.parse(jsonValue(this.#random)) }));
    const requestId = `chat-${number}`;
    const target = this.#target(to);
    from.client.send({ action: 'sendMessage', ...target, messageType: 'chat', data, requestId });
    const ack = await nextOf(from, `the ack of ${requestId}`);
    const { type, messageId, sent } = ack;
    if (type !== 'ack' || ack.requestId !== requestId || sent !== 1)
      throw disturbed(from.userId, `the ack of ${requestId}`, ack);
    const { timestamp: _, to: __, ...received } = await nextOf(to, requestId);
    const author = { connectionId: from.connectionId, userId: from.userId, userName: nameOf(from) };
    const place = 'meetingId' in target ? { seq: ++this.#logged } : {};
    const expected = { type: 'chat', from: author, data, messageId, ...place };
    if (!isDeepStrictEqual(received, expected)) throw disturbed(to.userId, expected, received);
  }

  #target({ userId, connectionId }: Participant): Readonly<Record<string, string>> {
    const targets = [
      { meetingId: MEETING_ID },
      { targetUserId: userId },
      { targetConnectionId: connectionId },
    ];
    return this.#random.pick(targets);
  }
}

/** The next frame; everything that reaches a participant passes here, so that nothing goes unnoticed. */
const nextOf = ({ client, userId }: Participant, awaited: string): Promise<Frame> =>
  inTime(client.next(), () => disturbed(userId, awaited, 'nothing'));

const disturbed = (userId: string, expected: unknown, actual: unknown): Error =>
  new Error(`${userId}, who does everything right, expected ${shown(expected)}, but got ${shown(actual)}`);

/** A client learns a connectionId from what its holder sends. */
async function connectionIdOf(sender: TestClient, receiver: TestClient): Promise<string> {
  await sender.request({ action: 'sendMessage', meetingId: MEETING_ID, data: 'hello' });
  const { from } = await receiver.next();
  return String((from as Frame).connectionId);
}

const nameOf = ({ userId }: Participant): string => (userId === 'alice' ? 'Alice' : 'Bob');
