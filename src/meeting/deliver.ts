import type { Connection, ConnectionSender, Meetings } from './ports.ts';

/**
 * How long after its upgrade a connection may still be unreachable. `$connect` makes it a member before API Gateway
 * opens it, and until then a post answers Gone: https://repost.aws/knowledge-center/410-gone-api-gateway
 */
const OPENING_MS = 30_000;

/** What delivering needs from outside. */
export type DeliverPorts = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  /** Epoch milliseconds. */
  readonly now: () => number;
};

/** How the sends of one message ended. */
export type DeliveryReport = {
  readonly sent: number;
  /** Not delivered, and still members. */
  readonly failed: number;
  /** Found gone; no longer members. */
  readonly stale: readonly Connection[];
  /** Why the membership of some that are gone could not be ended. */
  readonly errors: readonly unknown[];
};

/**
 * Sends one payload to every recipient, and ends the membership of those that turn out to be gone: of the recipient,
 * never of the sender. Never rejects for a recipient's sake, since the others have been sent to.
 */
export async function deliver(
  recipients: readonly Connection[],
  payload: string,
  ports: DeliverPorts,
): Promise<DeliveryReport> {
  const outcomes = await ports.connections.send(
    recipients.map(({ connectionId }) => connectionId),
    payload,
  );
  const gone = recipients.filter((_, index) => outcomes[index] === 'gone');
  const stale = gone.filter(({ connectedAtMs }) => ports.now() - connectedAtMs > OPENING_MS);
  const sent = outcomes.filter((outcome) => outcome === 'sent').length;
  const failed = recipients.length - sent - stale.length;
  return { sent, failed, stale, errors: await removeAll(stale, ports.meetings) };
}

async function removeAll(stale: readonly Connection[], meetings: Meetings): Promise<readonly unknown[]> {
  const removals = await Promise.allSettled(
    stale.map(({ connectionId }) => meetings.leave(connectionId, 'connection-lost')),
  );
  return removals.flatMap((removal) => (removal.status === 'rejected' ? [removal.reason] : []));
}
