import type { WebSocketConstructor, WebSocketLike } from '../../src/client/index.ts';
import type { Frame } from './TestClient.ts';

type Handler = ((event: never) => void) | null;

/** A `WebSocket` whose other end is the test. */
export class FakeSocket implements WebSocketLike {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly sent: Frame[] = [];
  closed: 'no' | 'by client' = 'no';
  onopen: Handler = null;
  onmessage: Handler = null;
  onclose: Handler = null;
  onerror: Handler = null;

  constructor(url: string, protocols: readonly string[]) {
    this.url = new URL(url);
    this.protocols = protocols;
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = 'by client';
  }

  /** The upgrade succeeds. */
  open(): void {
    this.onopen?.({} as never);
  }

  /** The server sends a frame. */
  receive(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) } as never);
  }

  /** The connection ends. */
  end(code = 1006): void {
    this.onclose?.({ code, reason: '' } as never);
  }

  /** The upgrade succeeds, and the join is welcomed. */
  welcome(changes: WelcomeChanges = {}): void {
    this.open();
    this.receive(welcomeFrame(changes));
  }

  /** What it sent last of an action. */
  last(action: string): Frame {
    const frame = this.sent.findLast((sent) => sent.action === action);
    if (!frame) throw new Error(`nothing of ${action} was sent: ${JSON.stringify(this.sent)}`);
    return frame;
  }

  /** How often an action was sent. */
  count(action: string): number {
    return this.sent.filter((sent) => sent.action === action).length;
  }

  /** Answers what it sent last of an action. */
  reply(action: string, reply: Frame = { type: 'ack' }): void {
    this.receive({ requestId: this.last(action).requestId, ...reply });
  }
}

/** All sockets that a client made, one after the other. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];
  readonly webSocket: WebSocketConstructor;

  constructor() {
    const { all } = this;
    this.webSocket = class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        all.push(this);
      }
    };
  }

  /** The newest. */
  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (!socket) throw new Error('no socket was made');
    return socket;
  }
}

/** What a test wants otherwise in a welcome. */
export type WelcomeChanges = Frame & { readonly seq?: number; readonly log?: Frame; readonly limits?: Frame };

/** What a server says to a join of alice. */
export function welcomeFrame({ log, seq = 1, ...changes }: WelcomeChanges = {}): Frame {
  const participants = (changes.participants ?? [participant('alice')]) as readonly unknown[];
  return {
    type: 'welcome',
    requestId: 'join',
    meetingId: 'standup',
    self: { connectionId: 'alice-1', userId: 'alice', userName: 'Alice', session: 'alice-tab', role: 'host' },
    participants,
    participantCount: participants.length,
    locked: false,
    log: { epoch: 'first', seq, entries: [], more: false, recovered: false, ...log },
    iceServers: [],
    limits: { connectionSeconds: 7200 },
    serverTime: new Date(Date.UTC(2026, 10, 22, 8, 4, 1)).toISOString(),
    ...changes,
  };
}

/** A person with one connection. */
export function participant(userId: string, changes: Frame = {}): Frame {
  return {
    ...{ userId, userName: userId, role: 'participant', joinedAt: '2026-11-22T08:00:00.000Z', rev: 1 },
    connections: [connection(`${userId}-1`, `${userId}-tab`)],
    ...changes,
  };
}

/** A connection of a participant. */
export const connection = (connectionId: string, session: string, attributes: Frame = {}): Frame => ({
  ...{ connectionId, session, joinedAt: '2026-11-22T08:00:00.000Z', attributes },
});

/** A line of the log that is a chat. */
export const chatLine = (seq: number, userId = 'bob'): Frame => ({
  ...{ type: 'chat', seq, data: `line ${seq}`, messageId: `m${seq}`, timestamp: '2026-11-22T08:00:00.000Z' },
  from: { connectionId: `${userId}-1`, userId, userName: userId, session: `${userId}-tab` },
});

/** An event of the server about a user; with a `seq` a line of the log. */
export const userEvent = (eventType: string, userId: string, changes: Frame = {}): Frame => {
  const { seq, ...data } = changes;
  return {
    ...{ type: 'event', origin: 'server', timestamp: '2026-11-22T08:00:00.000Z' },
    from: { connectionId: `${userId}-1`, userId, userName: userId, session: `${userId}-tab` },
    data: { eventType, userId, userName: userId, ...data },
    ...(seq !== undefined && { seq }),
  };
};
