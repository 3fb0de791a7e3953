import { jwtVerify } from 'jose';
import { type JoseOptions, refusalOf, rulesFor } from './joseRules.ts';
import type { CheckToken } from './verdict.ts';

const algorithms = ['HS256', 'HS384', 'HS512'];

/** Checks tokens that were signed with a shared secret. */
export function createSecretCheck(secret: string, options: JoseOptions): CheckToken {
  const key = new TextEncoder().encode(secret);
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, key, rulesFor(algorithms, options));
      return { outcome: 'genuine', claims: payload };
    } catch (error) {
      return refusalOf(error);
    }
  };
}
