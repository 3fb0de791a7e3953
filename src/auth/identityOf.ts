import type { Identity } from '../protocol/identity.ts';
import { isText, type MeetingId, type UserId } from '../protocol/ids.ts';
import { protocolLimits } from '../protocol/limits.ts';
import { type Role, roles } from '../protocol/participants.ts';
import type { ClaimNames } from './authentication.ts';
import { type Claims, type Refused, refused } from './verdict.ts';

/**
 * Who connects, by the claims of a genuine token.
 *
 * A userId must be a valid id. A role that is none is refused, not read as another: a misspelt observer must not gain
 * rights by it. So is a meetingId that is none. A name is made fit, for it grants nothing.
 */
export function identityOf(
  claims: Claims,
  names: ClaimNames,
): { readonly outcome: 'verified'; readonly identity: Identity } | Refused {
  const userId = claims[names.userId];
  if (!isText(userId)) return refused('unusable-user-id');
  const role = roleOf(claims[names.role]);
  if (role === undefined) return refused('unknown-role');
  const meetingId = claims[names.meetingId] ?? undefined;
  if (meetingId !== undefined && !isText(meetingId)) return refused('unusable-meeting-id');
  const identity = {
    userId: userId as UserId,
    userName: userNameOf(claims, names.userName) ?? userId,
    role,
    meetingId: meetingId as MeetingId | undefined,
  };
  return { outcome: 'verified', identity };
}

function roleOf(claim: unknown): Role | undefined {
  return claim === undefined || claim === null ? 'participant' : roles.find((role) => role === claim);
}

/** Where a name stands in tokens that don't have it where it was expected: OpenID Connect's, then Cognito's. */
const otherNames = ['preferred_username', 'cognito:username', 'username'];

function userNameOf(claims: Claims, name: string): string | undefined {
  return [name, ...otherNames].map((claim) => fitName(claims[claim])).find((fit) => fit !== undefined);
}

/** What a claim is worth as a name: control characters become spaces, and what is too long is cut. */
function fitName(claim: unknown): string | undefined {
  if (typeof claim !== 'string') return undefined;
  const plain = claim.replace(/[\p{Cc}\p{Cs}]+/gu, ' ').trim();
  return [...plain].slice(0, protocolLimits.textCharacters).join('') || undefined;
}
