import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Moto, motoRegion, motoSource, startMoto } from '../harness/moto.ts';
import { startTestServer } from '../harness/server.ts';
import { TestClient } from '../harness/TestClient.ts';
import { tampered } from '../harness/tokens.ts';

const run = promisify(execFile);
const name = 'whoever has logged in to a Cognito user pool';

type Login = { readonly IdToken: string; readonly AccessToken: string };

if (motoSource.kind === 'none') {
  it.skip(`${name}: ${motoSource.reason}`);
} else {
  describe(name, () => {
    let moto: Moto;
    let poolId: string;
    let clientId: string;
    let login: Login;
    beforeAll(async () => {
      moto = await startMoto();
      ({ poolId, clientId } = await createPool(moto, 'meetings'));
      login = await logIn(moto, { poolId, clientId });
    }, 120_000);
    afterAll(() => moto.stop());

    const startServer = (given: { audience?: string } = {}) =>
      startTestServer({
        AUTH_ISSUER: `https://cognito-idp.${motoRegion}.amazonaws.com/${poolId}`,
        AUTH_AUDIENCE: given.audience ?? clientId,
        AUTH_JWKS_URI: `${moto.endpoint}/${poolId}/.well-known/jwks.json`,
        AUTH_ROLE_CLAIM: 'custom:role',
      });

    it('connects with the ID token, as whom it names and with the role of the pool', async () => {
      const server = await startServer();
      const client = await TestClient.connect(server.url({ meetingId: 'standup' }), {
        protocols: ['cloudmeetx.v1', `bearer.${login.IdToken}`],
      });
      expect(await client.replyTo({ action: 'join' })).toMatchObject({
        self: { userId: claimsOf(login.IdToken).sub, userName: 'Alice Adams' },
      });
      await server.logLine({ event: 'connected', role: 'host' });
    });

    it('connects with the access token, which names the app otherwise', async () => {
      const server = await startServer();
      expect(claimsOf(login.AccessToken)).not.toHaveProperty('aud');
      const client = await TestClient.connect(server.url({ meetingId: 'standup', token: login.AccessToken }));
      const { userId } = await server.logLine({ event: 'connected', role: 'participant' });
      expect(userId).toBe(claimsOf(login.AccessToken).sub);
      await client.close();
    });

    it('is refused with a token that was tampered with, or is of another pool or for another app', async () => {
      const server = await startServer();
      const refused = async (token: string, reason: string, at = server) => {
        const { statusCode } = await TestClient.refused(at.url({ meetingId: 'standup', token }));
        expect(statusCode).toBe(401);
        await at.logLine({ event: 'refused', reason });
      };
      await refused(tampered(login.IdToken, { 'cognito:username': 'mallory' }), 'bad-signature');
      const other = await createPool(moto, 'others');
      await refused((await logIn(moto, other)).IdToken, 'wrong-issuer');
      const elsewhere = await startServer({ audience: 'another-app' });
      await refused(login.IdToken, 'wrong-audience', elsewhere);
    });
  });
}

const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

/** What the AWS CLI makes of a command. */
async function cognito<Answer>({ aws, env }: Moto, ...command: readonly string[]): Promise<Answer> {
  const { stdout } = await run(aws, ['cognito-idp', ...command, '--output', 'json'], { env: { ...env } });
  return (stdout === '' ? {} : JSON.parse(stdout)) as Answer;
}

async function createPool(moto: Moto, poolName: string): Promise<{ poolId: string; clientId: string }> {
  const schema = ['--schema', 'Name=role,AttributeDataType=String,Mutable=true'];
  const { UserPool } = await cognito<{ UserPool: { Id: string } }>(
    moto,
    ...['create-user-pool', '--pool-name', poolName, ...schema],
  );
  const { UserPoolClient } = await cognito<{ UserPoolClient: { ClientId: string } }>(
    moto,
    ...['create-user-pool-client', '--user-pool-id', UserPool.Id, '--client-name', 'page'],
    // moto puts into ID tokens what an app is said to read, and nothing else.
    ...['--read-attributes', 'name', 'custom:role'],
    ...['--explicit-auth-flows', 'ALLOW_ADMIN_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  );
  return { poolId: UserPool.Id, clientId: UserPoolClient.ClientId };
}

/** Makes alice a user of the pool, and logs her in with her password. */
async function logIn(moto: Moto, { poolId, clientId }: { poolId: string; clientId: string }): Promise<Login> {
  const user = ['--user-pool-id', poolId, '--username', 'alice'];
  const password = 'Correct-horse-7';
  await cognito(
    moto,
    ...['admin-create-user', ...user],
    ...['--user-attributes', 'Name=name,Value=Alice Adams', 'Name=custom:role,Value=host'],
  );
  await cognito(moto, 'admin-set-user-password', ...user, '--password', password, '--permanent');
  const { AuthenticationResult } = await cognito<{ AuthenticationResult: Login }>(
    moto,
    ...['admin-initiate-auth', '--user-pool-id', poolId, '--client-id', clientId],
    ...['--auth-flow', 'ADMIN_USER_PASSWORD_AUTH'],
    ...['--auth-parameters', `USERNAME=alice,PASSWORD=${password}`],
  );
  return AuthenticationResult;
}
