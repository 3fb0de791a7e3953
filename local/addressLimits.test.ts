import { describe, expect, it } from 'vitest';
import { addressLimits } from './addressLimits.ts';
import { readConfig } from './config.ts';

const limitsOf = (env: Readonly<Record<string, string>>) => addressLimits(readConfig(env, ['--insecure']));

describe('what one address may take for itself', () => {
  it('is as much as it likes where only this machine gets in, unless told otherwise', () => {
    expect(limitsOf({})).toEqual({});
    expect(limitsOf({ MAX_CONNECTIONS_PER_ADDRESS: '7' })).toEqual({ connections: 7 });
  });

  it.each([{ HOST: '0.0.0.0' }, { TRUST_PROXY: '1' }])('is limited where others get in: %j', (env) => {
    const limits = limitsOf(env);
    expect(limits).toMatchObject({ connections: 100, failedAuthentications: { burst: 20, everyMs: 5000 } });
    expect(limits.exempts?.('127.0.0.1')).toBe(true);
    expect(limits.exempts?.('203.0.113.7')).toBe(false);
    const unlimited = limitsOf({ MAX_CONNECTIONS_PER_ADDRESS: '0', ...env });
    expect(unlimited).toMatchObject({ failedAuthentications: { burst: 20 } });
    expect(unlimited).not.toHaveProperty('connections');
  });
});
