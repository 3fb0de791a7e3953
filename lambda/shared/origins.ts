import type { AllowedOrigins } from '../../src/protocol/origins.ts';
import { ConfigError, type Environment, text } from './variables.ts';

/** Reads `ALLOWED_ORIGINS`: `*`, or origins with commas between them. Throws a {@link ConfigError}. */
export function readAllowedOrigins(env: Environment, unset: AllowedOrigins): AllowedOrigins {
  const value = text(env, 'ALLOWED_ORIGINS', '').trim();
  if (value === '') return unset;
  if (value === '*') return { kind: 'any' };
  return { kind: 'listed', origins: new Set(value.split(',').map((one) => origin(one.trim()))) };
}

function origin(given: string): string {
  const lowerCase = given.toLowerCase();
  const serialised = serialise(lowerCase);
  if (serialised === lowerCase) return lowerCase;
  const hint = serialised === undefined ? '' : `: write ${serialised}`;
  throw new ConfigError(
    `ALLOWED_ORIGINS must be * or a list such as https://meet.example.com,http://localhost:5173, each as browsers send it in Origin, without path, wildcard and default port, but has "${given}"${hint}.`,
  );
}

/** An origin as browsers write it; undefined where there is nothing to guess. */
function serialise(given: string): string | undefined {
  if (given === 'null') return given;
  if (/[*\s@]/.test(given)) return undefined;
  if (/^https?:\/\//.test(given)) return URL.canParse(given) ? new URL(given).origin : undefined;
  // Apps in a shell of their own: capacitor://localhost, chrome-extension://….
  return /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9.-]+(:\d+)?$/.test(given) ? given : undefined;
}
