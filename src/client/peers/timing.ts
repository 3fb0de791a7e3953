// How long the mesh waits for what, in milliseconds, and how much it keeps.

/** Whoever finds another in its welcome offers; who learns of another by an event waits so long for that offer. */
export const OFFER_PATIENCE_MS = 2000;
/** Candidates are gathered for so long, and sent together. */
export const CANDIDATES_MS = 100;
/** A connection may be away for so long before ICE is restarted: most such gaps close by themselves. */
export const DISCONNECTED_MS = 3000;
/** Both ends see that a connection failed. The polite one gives the other so long to mend it. */
export const POLITENESS_MS = 4000;
/** An ICE restart has so long to work; then a connection is made anew. */
export const RESTART_MS = 15_000;
/** A new connection has so long to come up, and twice as long after each that did not, up to the longest. */
export const CONNECT_MS = 20_000;
export const LONGEST_CONNECT_MS = 120_000;
/** A signal that found nobody is sent again after so long, the other's session looked up anew; doubled each time. */
export const RESEND_MS = 500;
export const RESENDS = 5;
/** Whoever lost their signalling is kept for so long, as long as media flows. */
export const ORPHAN_MS = 120_000;
/** A signal may come before the roster knows its sender, by so much at most. */
export const STRANGER_MS = 15_000;
/** TURN credentials are for some hours: a relayed connection that has lasted so long changes to new ones when there are any. */
export const CREDENTIALS_MS = 3_600_000;

/** One setting-up of a connection costs about so many signals: an offer or answer, and candidates in a few parts. */
export const SIGNALS_A_START = 4;
/** Of what the server takes of a client, the mesh takes so much for setting up: chat is not to wait for it. */
export const SHARE = 0.5;
/** Candidates of one sender that wait for their description. */
export const MOST_CANDIDATES = 200;
