/** Why a token was refused: for the log alone, since who presents one learns nothing but that it was. */
export type RefusalReason =
  | 'too-long'
  | 'malformed'
  | 'algorithm-not-allowed'
  | 'unknown-key'
  | 'bad-signature'
  | 'no-expiry'
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-issuer'
  | 'wrong-audience'
  | 'wrong-token-use'
  | 'unusable-user-id'
  | 'unknown-role'
  | 'unusable-meeting-id';

/** A token that is not taken. */
export type Refused = { readonly outcome: 'refused'; readonly reason: RefusalReason };

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>;

/**
 * Tells whether a token was signed by whom we trust, for us, and holds now. Rejects when that can't be found out: a
 * failing key service is no token's fault.
 */
export type CheckToken = (
  token: string,
) => Promise<{ readonly outcome: 'genuine'; readonly claims: Claims } | Refused>;

/** Makes the verdict on a token that is not taken. */
export const refused = (reason: RefusalReason): Refused => ({ outcome: 'refused', reason });

/** By how much the clocks of issuer and server may differ, in seconds. */
export const CLOCK_TOLERANCE_SECONDS = 5;
