const HEALTH_MS = 5000;

/** Whether a server says that it is up. */
export async function isHealthy(healthUrl: string): Promise<boolean> {
  try {
    const response = await fetch(healthUrl, { cache: 'no-store', signal: AbortSignal.timeout(HEALTH_MS) });
    return response.ok;
  } catch {
    return false;
  }
}

/**
 * Asks for a token for a meeting, with whatever cookies prove who is asking. Takes a text or `{ "token": "…" }`. Rejects when
 * there is none.
 */
export async function fetchToken(tokenUrl: string, meetingId: string): Promise<string> {
  const url = new URL(tokenUrl);
  url.searchParams.set('meetingId', meetingId);
  const response = await fetch(url, { cache: 'no-store', credentials: 'include' });
  if (!response.ok) throw new Error(`The token's URL answered ${response.status}.`);
  const token = tokenIn((await response.text()).trim());
  if (!token) throw new Error("The token's URL answered without a token.");
  return token;
}

/** Reads what a token's URL answers. */
export function tokenIn(body: string): string | undefined {
  if (!body.startsWith('{')) return body || undefined;
  const answer: { readonly token?: unknown } = JSON.parse(body);
  return typeof answer.token === 'string' ? answer.token : undefined;
}
