import type {
  ConnectionSender,
  DeliveryQueue,
  Meetings,
  RateLimit,
  SendOutcome,
  Telemetry,
} from './ports.ts';

/** The ports whose work is counted: what happens is seen where it happens, and no rule has to remember to tell. */
export type MeasuredPorts = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly deliveryQueue: DeliveryQueue;
  readonly rateLimit: RateLimit;
};

/** Adds counting to ports. `elapsedMs`: milliseconds that never run backwards. */
export function measured(ports: MeasuredPorts, telemetry: Telemetry, elapsedMs: () => number): MeasuredPorts {
  return {
    meetings: measuredMeetings(ports.meetings, telemetry),
    connections: measuredSender(ports.connections, telemetry, elapsedMs),
    deliveryQueue: {
      async enqueue(deliveries, delayMs) {
        await ports.deliveryQueue.enqueue(deliveries, delayMs);
        const messages = deliveries.reduce((sum, { recipients }) => sum + recipients.length, 0);
        telemetry.count('MessagesQueued', messages);
      },
    },
    rateLimit: {
      async take(connectionId) {
        const taken = await ports.rateLimit.take(connectionId);
        if (taken.outcome === 'refused') telemetry.count('Throttles', 1);
        return taken;
      },
    },
  };
}

function measuredMeetings(meetings: Meetings, telemetry: Telemetry): Meetings {
  const closed = (connections: number) => {
    if (connections > 0) telemetry.count('ConnectionsClosed', connections);
  };
  return {
    async connect(connection, limits) {
      const connected = await meetings.connect(connection, limits);
      if (connected.outcome === 'connected') {
        telemetry.count('ConnectionsOpened', 1);
        closed(connected.evicted.length);
      } else telemetry.count('ConnectionsRefused', 1);
      return connected;
    },
    async join(connection, joining) {
      const joined = await meetings.join(connection, joining);
      if ('evicted' in joined) closed(joined.evicted.length);
      else telemetry.count('ConnectionsRefused', 1);
      return joined;
    },
    async leave(connection, reason) {
      const left = await meetings.leave(connection, reason);
      closed(left.outcome === 'already-gone' ? 0 : 1);
      return left;
    },
    async remove(user, banSeconds) {
      const removed = await meetings.remove(user, banSeconds);
      if (removed.outcome === 'removed') closed(removed.removed.length);
      return removed;
    },
    async appendChat(sender, frame, requestId) {
      const appended = await meetings.appendChat(sender, frame, requestId);
      if (appended.outcome === 'appended') telemetry.count('ChatsLogged', 1);
      return appended;
    },
    find: (connectionId) => meetings.find(connectionId),
    update: (connection, attributes) => meetings.update(connection, attributes),
    setLock: (host, lock) => meetings.setLock(host, lock),
    recipients: (audience) => meetings.recipients(audience),
    head: (meetingId) => meetings.head(meetingId),
    entries: (range) => meetings.entries(range),
    roster: (meetingId) => meetings.roster(meetingId),
    connectedBefore: (epochMs) => meetings.connectedBefore(epochMs),
  };
}

function measuredSender(
  connections: ConnectionSender,
  telemetry: Telemetry,
  elapsedMs: () => number,
): ConnectionSender {
  return {
    async send(connectionIds, payload) {
      const startedAtMs = elapsedMs();
      const outcomes = await connections.send(connectionIds, payload);
      if (connectionIds.length > 0) telemetry.time('FanOutTime', elapsedMs() - startedAtMs);
      countOutcomes(outcomes, telemetry);
      return outcomes;
    },
    disconnect: (connectionId) => connections.disconnect(connectionId),
    check: (connectionId) => connections.check(connectionId),
  };
}

function countOutcomes(outcomes: readonly SendOutcome[], telemetry: Telemetry): void {
  const counts = { sent: 0, failed: 0, gone: 0 };
  for (const outcome of outcomes) counts[outcome] += 1;
  if (counts.sent > 0) telemetry.count('MessagesSent', counts.sent);
  if (counts.failed > 0) telemetry.count('MessagesFailed', counts.failed);
  if (counts.gone > 0) telemetry.count('StaleConnections', counts.gone);
}
