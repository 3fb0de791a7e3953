import { SignJWT } from 'jose';
import { isText, TEXT_RULE } from '../protocol/ids.ts';
import { type Role, roles } from '../protocol/participants.ts';
import { SECRET_BYTES } from './authentication.ts';

/** Whom a token is for, and what it says. Roles are written out, so that the declarations stand alone. */
export type TokenRequest = {
  /** The server's `AUTH_SECRET`: at least 32 bytes. */
  readonly secret: string;
  readonly userId: string;
  /** The userId unless given. */
  readonly userName?: string | undefined;
  /** `participant` unless given. */
  readonly role?: 'host' | 'participant' | 'observer' | undefined;
  /** The only meeting that the token opens; without it, every meeting. */
  readonly meetingId?: string | undefined;
  /** The server's `AUTH_ISSUER`, if it has one. */
  readonly issuer?: string | undefined;
  /** One of the server's `AUTH_AUDIENCE`, or several, if it has any. */
  readonly audience?: string | readonly string[] | undefined;
  /** How long the token opens connections; those it has opened stay. At most 31,536,000. */
  readonly expiresInSeconds: number;
  /** Epoch seconds: `Math.floor(Date.now() / 1000)`. */
  readonly nowSeconds: number;
  /** The server's `AUTH_…_CLAIM` variables, where they are set. */
  readonly claims?:
    | {
        readonly userId?: string;
        readonly userName?: string;
        readonly role?: string;
        readonly meetingId?: string;
      }
    | undefined;
};

/** A token that can't be made: which field of the request is wrong, and what it should be. */
export class TokenRequestError extends Error {
  override readonly name = 'TokenRequestError';
  readonly field: string;
  /** What holds for the field: `must be …`. */
  readonly rule: string;

  constructor(field: string, rule: string) {
    super(`${field} ${rule}.`);
    this.field = field;
    this.rule = rule;
  }
}

const MAX_SECONDS = 31_536_000;

/** Makes a token (a JWT, HS256) for a server with a shared secret. Rejects with a {@link TokenRequestError}. */
export async function mintToken(request: TokenRequest): Promise<string> {
  check(request);
  const { secret, userId, userName, role, meetingId, issuer, audience, expiresInSeconds, nowSeconds } =
    request;
  const names = { userId: 'sub', userName: 'name', role: 'role', meetingId: 'meetingId', ...request.claims };
  const token = new SignJWT({
    [names.userId]: userId,
    [names.userName]: userName ?? userId,
    [names.role]: role ?? 'participant',
    ...(meetingId !== undefined && { [names.meetingId]: meetingId }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + expiresInSeconds);
  if (issuer !== undefined) token.setIssuer(issuer);
  if (audience !== undefined) token.setAudience(typeof audience === 'string' ? audience : [...audience]);
  return token.sign(new TextEncoder().encode(secret));
}

function check({
  secret,
  userId,
  userName,
  role,
  meetingId,
  expiresInSeconds,
  nowSeconds,
}: TokenRequest): void {
  const text = (value: unknown) => value === undefined || isText(value);
  demand(bytesOf(secret) >= SECRET_BYTES, 'secret', `must be a string of at least ${SECRET_BYTES} bytes`);
  demand(isText(userId), 'userId', TEXT_RULE);
  demand(text(userName), 'userName', TEXT_RULE);
  demand(role === undefined || isRole(role), 'role', `must be one of ${roles.join(', ')}`);
  demand(text(meetingId), 'meetingId', TEXT_RULE);
  demand(
    isWhole(expiresInSeconds, MAX_SECONDS),
    'expiresInSeconds',
    `must be a whole number from 1 to ${MAX_SECONDS}`,
  );
  demand(
    isWhole(nowSeconds, MAX_EPOCH_SECONDS),
    'nowSeconds',
    'must be in whole seconds, not milliseconds, since 1970',
  );
}

/** In the year 5138; the present in milliseconds is far beyond. */
const MAX_EPOCH_SECONDS = 99_999_999_999;

function demand(holds: boolean, field: string, rule: string): void {
  if (!holds) throw new TokenRequestError(field, rule);
}

const bytesOf = (secret: unknown): number =>
  typeof secret === 'string' ? new TextEncoder().encode(secret).length : 0;

const isWhole = (value: number, max: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= max;

const isRole = (value: string): value is Role => roles.some((role) => role === value);
