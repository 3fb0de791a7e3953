import type { ConnectionId, MeetingId } from '../protocol/ids.ts';
import type { Announcement, Connection, ConnectionSender, DeliveryQueue, Meetings } from './ports.ts';

/**
 * How long after its upgrade a connection may still be unreachable. `$connect` makes it known before API Gateway
 * opens it, and until then a post answers Gone: https://repost.aws/knowledge-center/410-gone-api-gateway
 */
const OPENING_MS = 30_000;

/** What delivering needs from outside. */
export type DeliverPorts = {
  readonly meetings: Meetings;
  readonly connections: ConnectionSender;
  readonly deliveryQueue: DeliveryQueue;
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
  /** What went wrong in ending the membership of those that are gone, and in telling the others of it. */
  readonly errors: readonly unknown[];
};

/**
 * Sends one payload to every recipient, and ends the membership of those that turn out to be gone: of the recipient,
 * never of the sender. Never rejects for a recipient's sake, since the others have been sent to.
 *
 * What has a `seq` and could not be sent is left to the queue: the log promises it to everyone. Whatever else could
 * not be sent is only counted, for its sender may already be sending it again.
 */
export async function deliver(
  recipients: readonly Connection[],
  payload: Announcement,
  ports: DeliverPorts,
): Promise<DeliveryReport> {
  const outcomes = await ports.connections.send(
    recipients.map(({ connectionId }) => connectionId),
    payload.text,
  );
  const stale: Connection[] = [];
  const failed: Connection[] = [];
  recipients.forEach((recipient, index) => {
    if (outcomes[index] === 'sent') return;
    const isStale = outcomes[index] === 'gone' && !mayBeOpening(recipient, ports);
    (isStale ? stale : failed).push(recipient);
  });
  const sent = recipients.length - failed.length - stale.length;
  if (sent === recipients.length) return { sent, failed: 0, stale, errors: [] };
  const errors = [...(await queue(failed, payload, ports)), ...(await removeGone(stale, ports))];
  return { sent, failed: failed.length, stale, errors };
}

/** To whom an announcement goes, and to which connection it need not. */
export type AnnounceOptions = { readonly meetingId: MeetingId; readonly except?: ConnectionId };

/** Tells the members of a meeting what has happened. Never rejects; returns what went wrong. */
export async function announce(
  announcements: readonly (Announcement | undefined)[],
  { meetingId, except }: AnnounceOptions,
  ports: DeliverPorts,
): Promise<readonly unknown[]> {
  const payloads = announcements.filter((announcement) => announcement !== undefined);
  if (payloads.length === 0) return [];
  try {
    // Read after what is announced was written, so that whoever joined before that is among them.
    const members = await ports.meetings.recipients({ kind: 'meeting', meetingId });
    const recipients = members.filter(({ connectionId }) => connectionId !== except);
    const reports = await Promise.all(payloads.map((payload) => deliver(recipients, payload, ports)));
    return reports.flatMap(({ errors }) => errors);
  } catch (error) {
    return [error];
  }
}

/** A connection that has joined was open to do so. */
function mayBeOpening({ joinedAtMs, connectedAtMs }: Connection, { now }: DeliverPorts): boolean {
  return joinedAtMs === undefined && now() - connectedAtMs <= OPENING_MS;
}

async function queue(
  failed: readonly Connection[],
  { seq, text }: Announcement,
  { deliveryQueue }: DeliverPorts,
): Promise<readonly unknown[]> {
  if (seq === undefined) return [];
  return rejectionsOf(failed.map((connection) => deliveryQueue.retry(connection, { seq, text })));
}

/** Of any number of deliveries that find a connection gone, the one that removes it tells the others. */
async function removeGone(stale: readonly Connection[], ports: DeliverPorts): Promise<readonly unknown[]> {
  const [first] = stale;
  if (!first) return [];
  const removals = await Promise.allSettled(
    stale.map((connection) => ports.meetings.leave(connection, 'connection-lost')),
  );
  const announcements = removals.flatMap((removal) =>
    removal.status === 'fulfilled' && removal.value.outcome !== 'already-gone'
      ? [removal.value.announcement]
      : [],
  );
  const failures = removals.flatMap((removal) => (removal.status === 'rejected' ? [removal.reason] : []));
  return [...failures, ...(await announce(announcements, { meetingId: first.meetingId }, ports))];
}

async function rejectionsOf(promises: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const settled = await Promise.allSettled(promises);
  return settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
}
