import { ConfigError, type Environment, text } from './variables.ts';

/** Where browsers find a way to each other, and what a TURN server's credentials are made with. */
export type IceConfig = {
  readonly stunUrls: readonly string[];
  /** Undefined: there is no TURN server. */
  readonly turn: { readonly urls: readonly string[]; readonly secret: string } | undefined;
};

// https://www.rfc-editor.org/rfc/rfc7064 and https://www.rfc-editor.org/rfc/rfc7065
const HOST = String.raw`(?:\[[0-9A-Fa-f:.]+\]|[\w.-]+)(?::\d{1,5})?`;
const stun = { pattern: new RegExp(`^stuns?:${HOST}$`), example: 'stun:stun.example.com:3478' };
const turn = {
  pattern: new RegExp(`^turns?:${HOST}(?:\\?transport=(?:udp|tcp))?$`),
  example: 'turn:turn.example.com:3478,turns:turn.example.com:5349?transport=tcp',
};

/** Reads `STUN_URLS`, `TURN_URLS` and `TURN_SECRET`. Throws a {@link ConfigError}. */
export function readIceConfig(env: Environment): IceConfig {
  const turnUrls = urls(env, 'TURN_URLS', turn);
  const secret = env.TURN_SECRET || undefined;
  if (turnUrls.length > 0 && secret === undefined) {
    throw new ConfigError(
      'TURN_SECRET must be set with TURN_URLS: the secret that the TURN server shares, in coturn static-auth-secret.',
    );
  }
  if (turnUrls.length === 0 && secret !== undefined) {
    throw new ConfigError(`TURN_URLS must be set with TURN_SECRET, such as ${turn.example}`);
  }
  return {
    stunUrls: urls(env, 'STUN_URLS', stun),
    turn: secret === undefined ? undefined : { urls: turnUrls, secret },
  };
}

function urls(
  env: Environment,
  name: string,
  { pattern, example }: { readonly pattern: RegExp; readonly example: string },
): readonly string[] {
  const given = text(env, name, '')
    .split(',')
    .map((url) => url.trim())
    .filter(Boolean);
  const wrong = given.find((url) => !pattern.test(url));
  if (wrong === undefined) return given;
  throw new ConfigError(
    `${name} must be addresses such as ${example}, separated by commas, but one is "${wrong}".`,
  );
}
