import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Corks } from './Corks.ts';
import type { Cancel, Clock } from './clock.ts';
import { type ConnectionEnd, gatewayEnds, peerEnd, protocolEnd } from './closeReasons.ts';
import { type ConnectionContext, messageEvent } from './events.ts';
import { FrameMeter } from './FrameMeter.ts';
import { type GatewayMessage, gatewayFrame } from './gatewayFrames.ts';
import { Inbox, type InboxOwner } from './Inbox.ts';
import type { InvocationOutcome, Invoker } from './Invoker.ts';
import type { Ids } from './ids.ts';
import { gatewayLimits, ownLimits } from './limits.ts';
import type { Route, SelectRoute } from './routes.ts';
import { type TextFrame, textFrame } from './textFrame.ts';

/** `sent`: handed to a live socket. `gone`: there is none any more. `failed`: too large, or the peer doesn't read. */
export type SendOutcome = 'sent' | 'gone' | 'failed';

/** What a connection needs of its gateway. */
export type ConnectionHost = {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly invoker: Invoker;
  readonly selectRoute: SelectRoute;
  readonly corks: Corks;
  /** Counts one message against the account's quota. */
  readonly throttle: () => 'granted' | 'throttled';
  /** Called once, when the socket is closed. */
  readonly onClosed: (context: ConnectionContext, end: ConnectionEnd) => void;
};

/** One open WebSocket: its messages find their routes, its limits are kept, and its end is told. */
export class GatewayConnection implements InboxOwner {
  readonly #context: ConnectionContext;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #host: ConnectionHost;
  readonly #newMessageId: () => string;
  readonly #meter = new FrameMeter(gatewayLimits);
  readonly #openedAtMs: number;
  #lastActiveAtMs: number;
  #cancelTimer: Cancel;
  #end: ConnectionEnd | undefined;
  readonly #inbox: Inbox;
  #liveness: 'heard' | 'pinged' = 'heard';

  constructor(socket: WebSocket, stream: Duplex, context: ConnectionContext, host: ConnectionHost) {
    this.#socket = socket;
    this.#stream = stream;
    this.#context = context;
    this.#host = host;
    this.#newMessageId = host.ids.messageIds(context.connectionId);
    this.#openedAtMs = host.clock.elapsedMs();
    this.#lastActiveAtMs = this.#openedAtMs;
    this.#cancelTimer = this.#armTimer();
    this.#inbox = new Inbox(this, ownLimits.invocationsPerConnection);
    // Before `ws` reads the same bytes, so that an oversize frame is known when its message arrives.
    stream.prependListener('data', (chunk: Buffer) => this.#onBytes(chunk));
    socket.on('message', (data, isBinary) => this.#onMessage(data.toString(), isBinary));
    socket.on('error', (error) => {
      this.#end ??= protocolEnd(error);
    });
    socket.on('close', (code, reason) => this.#onClose(peerEnd(code, reason.toString())));
  }

  /** Whether it can be sent to: no longer so once either side has begun to close it. */
  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Sends one text frame. */
  send({ bytes, payloadBytes }: TextFrame): SendOutcome {
    if (!this.isOpen) return 'gone';
    if (payloadBytes > gatewayLimits.messageBytes) return 'failed';
    if (this.#cutOffIfNotReading(bytes.length)) return 'failed';
    // Past `ws`, which would frame it for each socket anew. It has nothing of its own waiting: it neither compresses
    // here nor reads from blobs, and so writes to the same stream at once.
    this.#host.corks.cork(this.#stream);
    this.#stream.write(bytes);
    this.#lastActiveAtMs = this.#host.clock.elapsedMs();
    return 'sent';
  }

  /** Closes the connection after what was sent; messages that no handler has yet are dropped. */
  close(end: ConnectionEnd): SendOutcome {
    if (!this.isOpen) return 'gone';
    this.#end ??= end;
    this.#inbox.abandon();
    this.#socket.close(this.#end.code, this.#end.reason);
    return 'sent';
  }

  /** Ends the connection without a word to a peer that had its time. */
  terminate(): void {
    this.#socket.terminate();
  }

  /** What `GET @connections` tells of the connection. */
  describe(): { connectedAt: string; identity: ConnectionContext['identity']; lastActiveAt: string } {
    const { clock } = this.#host;
    const silentMs = clock.elapsedMs() - this.#lastActiveAtMs;
    return {
      connectedAt: new Date(this.#context.connectedAt).toISOString(),
      identity: this.#context.identity,
      lastActiveAt: new Date(clock.now() - silentMs).toISOString(),
    };
  }

  /** Pings a peer that has been heard since the last time; ends the connection to one that hasn't. */
  checkAlive(): void {
    if (this.#socket.isPaused) return;
    if (this.#liveness === 'pinged') this.#socket.terminate();
    this.#liveness = 'pinged';
    if (this.isOpen) this.#socket.ping();
  }

  #onBytes(chunk: Buffer): void {
    this.#liveness = 'heard';
    if (this.#meter.messagesBeforeOversize !== undefined) return;
    this.#meter.watch(chunk);
    if (this.#meter.messagesBeforeOversize === undefined) return;
    this.#closeWhenAnswered(gatewayEnds.tooBig, this.#meter.messagesBeforeOversize);
  }

  #onMessage(body: string, isBinary: boolean): void {
    this.#lastActiveAtMs = this.#host.clock.elapsedMs();
    if (isBinary) this.#closeWhenAnswered(gatewayEnds.binary, this.#inbox.received);
    this.#inbox.receive(body);
  }

  /** Closes for a fault of the client's, once the messages that came whole before it have been answered. */
  #closeWhenAnswered(end: ConnectionEnd, lastMessage: number): void {
    this.#end ??= end;
    this.#host.clock.after(ownLimits.closeMs, () => this.close(end));
    this.#inbox.end(lastMessage, () => this.close(end));
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    if (this.#socket.isPaused) this.#socket.resume();
  }

  /** Finds the route of a message, invokes it, and answers. */
  async handle(body: string): Promise<void> {
    const requestId = this.#host.ids.requestId();
    if (this.#host.throttle() === 'throttled') return this.#complain('Too Many Requests', requestId);
    const selected = this.#host.selectRoute(body);
    if (!selected) return this.#complain('Forbidden', requestId);
    const { routeKey, route } = selected;
    const message = { body, routeKey, messageId: this.#newMessageId() };
    const stamp = { requestId, nowMs: this.#host.clock.now() };
    const outcome = await this.#host.invoker.invoke(route, messageEvent(message, this.#context, stamp));
    this.#answer(route, outcome, requestId);
  }

  #answer(route: Route<never>, outcome: InvocationOutcome, requestId: string): void {
    switch (outcome.status) {
      case 'timed-out':
        this.#complain('Endpoint request timed out', requestId);
        break;
      case 'failed':
        this.#complain('Internal server error', requestId);
        break;
      case 'returned': {
        const body = route.routeResponseSelectionExpression && bodyOf(outcome.result);
        if (body === undefined || this.#reply(body) !== 'failed') return;
        this.#complain('Internal server error', requestId);
      }
    }
  }

  #complain(message: GatewayMessage, requestId: string): void {
    this.#reply(gatewayFrame(message, this.#context.connectionId, requestId));
  }

  #reply(text: string): SendOutcome {
    return this.send(textFrame(text));
  }

  #cutOffIfNotReading(moreBytes: number): boolean {
    const isFull = () => this.#socket.bufferedAmount + moreBytes > ownLimits.bufferedBytes;
    // What this turn holds back is no sign of a peer that doesn't read, until the operating system has been asked.
    if (isFull()) this.#stream.uncork();
    if (!isFull()) return false;
    this.#end ??= gatewayEnds.lost;
    this.#socket.terminate();
    return true;
  }

  #armTimer(): Cancel {
    const { clock } = this.#host;
    const idleAtMs = this.#lastActiveAtMs + gatewayLimits.idleMs;
    const deadlineMs = Math.min(idleAtMs, this.#openedAtMs + gatewayLimits.connectionMs);
    const leftMs = deadlineMs - clock.elapsedMs();
    // Activity only moves the deadline: re-arming when it has come spares every message a timer.
    return clock.after(Math.max(leftMs, 0), () => this.#onTimer());
  }

  #onTimer(): void {
    const nowMs = this.#host.clock.elapsedMs();
    const isIdle = nowMs - this.#lastActiveAtMs >= gatewayLimits.idleMs;
    const isOld = nowMs - this.#openedAtMs >= gatewayLimits.connectionMs;
    if (isIdle || isOld) this.close(gatewayEnds.goingAway);
    else this.#cancelTimer = this.#armTimer();
  }

  #onClose(peer: ConnectionEnd): void {
    this.#cancelTimer();
    this.#host.onClosed(this.#context, this.#end ?? peer);
  }
}

/** The `body` of a proxy integration's result, which a two-way route sends back whatever the statusCode says. */
function bodyOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || !('body' in result)) return undefined;
  return typeof result.body === 'string' ? result.body : undefined;
}
