/** What a link to a meeting says. */
export type Invitation = {
  readonly meetingId: string | undefined;
  readonly name: string | undefined;
  readonly token: string | undefined;
};

/** What a token says of who presents it. The page believes it for display only: the server verifies. */
export type TokenClaims = { readonly name: string | undefined; readonly meetingId: string | undefined };

/** Reads the part of a link behind `#`, which no server gets to see. */
export function parseInvitation(hash: string): Invitation {
  const fields = new URLSearchParams(hash.replace(/^#/, ''));
  const field = (name: string) => fields.get(name)?.trim() || undefined;
  return { meetingId: field('meeting'), name: field('name'), token: field('token') };
}

/** The link by which others come to a meeting: without anybody's name or token. */
export function invitationLink(page: string, meetingId: string): string {
  const link = new URL(page);
  link.search = '';
  link.hash = new URLSearchParams({ meeting: meetingId }).toString();
  return link.href;
}

/** Reads what a JWT says of its bearer; nothing of what can't be read. */
export function readClaims(token: string): TokenClaims {
  try {
    const payload = token.split('.')[1] ?? '';
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, '+').replace(/_/g, '/')), (c) =>
      c.charCodeAt(0),
    );
    const claims: Readonly<Record<string, unknown>> = JSON.parse(new TextDecoder().decode(bytes));
    const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);
    return {
      name: text(claims.name) ?? text(claims.preferred_username) ?? text(claims.sub),
      meetingId: text(claims.meetingId),
    };
  } catch {
    return { name: undefined, meetingId: undefined };
  }
}

const moods =
  'amber bold brave bright calm clear cosy early fresh gentle golden green happy keen kind lively lucky mellow quiet rapid silver sunny swift warm'.split(
    ' ',
  );
const places =
  'bay bridge brook cedar cliff cloud cove field forest garden grove harbour hill island lake lantern maple meadow orchard river shore summit valley willow'.split(
    ' ',
  );

/** A meeting's name that can be read out on the phone, such as `calm-harbour-482`; 576,000 of them. */
export function proposeMeetingName(random: () => number): string {
  const pick = (words: readonly string[]) => words[Math.floor(random() * words.length)] ?? '';
  const number = 100 + Math.floor(random() * 900);
  return `${pick(moods)}-${pick(places)}-${number}`;
}
