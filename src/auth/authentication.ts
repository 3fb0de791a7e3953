/** Whose tokens are taken, and what is read of them. */
export type Authentication = {
  /** Where the keys come from that tokens are verified with. */
  readonly keys:
    | { readonly kind: 'secret'; readonly secret: string }
    /** Without an address: that of the issuer's discovery document, or of a Cognito user pool. */
    | { readonly kind: 'jwks'; readonly jwksUri: string | undefined };
  /** Undefined: with a shared secret alone, whoever signs with it. */
  readonly issuer: string | undefined;
  /** A token must be for one of these. Empty: with a shared secret alone, for whomever. */
  readonly audience: readonly string[];
  readonly claims: ClaimNames;
};

/** The names of the claims that an identity is read of. */
export type ClaimNames = {
  readonly userId: string;
  readonly userName: string;
  readonly role: string;
  readonly meetingId: string;
};

/** How long a shared secret is at least, in bytes: as long as what HS256 makes of it. RFC 7518, section 3.2. */
export const SECRET_BYTES = 32;

/**
 * Whether what comes from an address can be believed: https, or http on this machine. A key that came over plain http
 * could be anybody's.
 */
export function isTrustworthy(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
