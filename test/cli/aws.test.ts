import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRateLimit } from '../../local/backend.ts';
import { deploymentOf, regionIn } from '../../local/commands/deployment.ts';
import { readConfig } from '../../local/config.ts';
import { GatewaySender } from '../../local/GatewaySender.ts';
import { meetingRoutes } from '../../local/gateway.ts';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { testBackend } from '../harness/backend.ts';
import { testCredentials } from '../harness/dynamodb.ts';
import { describeOnDynamoDB } from '../harness/dynamoMeetings.ts';
import { authorityOf, close, listen } from '../harness/listening.ts';
import { CliProcess } from '../harness/runCli.ts';
import { TestClient } from '../harness/TestClient.ts';

const region = 'us-east-1';

describe('an address of API Gateway', () => {
  it('says which region it is of, and is known as one', () => {
    const deployment = deploymentOf('https://abc123.execute-api.eu-central-1.amazonaws.com/production', {});
    expect([deployment.place, regionIn(deployment), deployment.url.href]).toEqual([
      'api',
      'eu-central-1',
      'wss://abc123.execute-api.eu-central-1.amazonaws.com/production',
    ]);
    expect(regionIn(deploymentOf('wss://abc123.execute-api.cn-north-1.amazonaws.com.cn/p', {}))).toBe(
      'cn-north-1',
    );
  });

  it.each([
    'wss://abc123.execute-api.eu-central-1.amazonaws.com.evil.example/production',
    'wss://evil.example/abc123.execute-api.eu-central-1.amazonaws.com',
    'wss://meet.example.com/',
  ])('is not %s', (url) => {
    expect(deploymentOf(url, {}).place).toBe('elsewhere');
  });
});

describeOnDynamoDB('the operator on AWS', ({ connect, start }) => {
  /** Meetings on DynamoDB behind a gateway with `@connections`, and the command line with what a deployment is told. */
  async function deployed() {
    const documents = connect();
    const { meetings, tables } = await start(documents);
    const connections = new GatewaySender(() => gateway);
    const { backend } = testBackend({ meetings, connections, now: Date.now });
    const routes = meetingRoutes(backend, createRateLimit(readConfig({}, [])));
    const connectionsApi = { accessKey: testCredentials, region };
    const gateway: Gateway = new Gateway({ stage: 'production', routes, connectionsApi });
    const server = await listen(createServer());
    gateway.attach(server);
    onTestFinished(async () => {
      await gateway.close();
      close(server);
    });
    const url = `ws://${authorityOf(server)}/production`;
    const { hostname, port, protocol } = (await documents.config.endpoint?.()) ?? {
      ...{ hostname: '', port: 0, protocol: 'http:' },
    };
    const env = {
      AWS_REGION: region,
      AWS_ENDPOINT_URL_DYNAMODB: `${protocol}//${hostname}:${port}`,
      AWS_ACCESS_KEY_ID: testCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: testCredentials.secretAccessKey,
      TABLE_NAME: tables.connections,
      MEETINGS_TABLE_NAME: tables.meetings,
    };
    const cli = (line: string, changes: Readonly<Record<string, string>> = {}) =>
      new CliProcess([...line.split(' '), '--aws'], { ...env, ...changes }).result();
    const join = async (userId: string, meetingId = 'standup') => {
      const client = await TestClient.connect(`${url}?meetingId=${meetingId}&userId=${userId}`, {
        protocols: ['cloudmeetx.v1'],
      });
      await client.replyTo({ action: 'join' });
      return client;
    };
    return { url, cli, join };
  }

  it('lists the meetings where somebody is', async () => {
    const { cli, join } = await deployed();
    expect(await cli('meetings')).toEqual({ code: 0, stdout: 'Nobody is in any meeting.\n', stderr: '' });
    const alice = await join('alice');
    await alice.replyTo({ action: 'lock' });
    await join('bob', 'board');
    const { code, stdout, stderr } = await cli('meetings --json');
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      meetings: [
        { meetingId: 'board', people: 1, connections: 1, locked: false, seq: 1 },
        { meetingId: 'standup', people: 1, connections: 1, locked: true, seq: 1 },
      ],
    });
  });

  it('removes a user, who is told and cut off, and tells the others', async () => {
    const { url, cli, join } = await deployed();
    const alice = await join('alice');
    const bob = await join('bob');
    const { code, stdout, stderr } = await cli('remove standup bob', {
      CALLBACK_URL: url.replace('ws', 'http'),
    });
    expect([code, stdout, stderr]).toEqual([0, '"bob" is out of "standup": 1 connection ended.\n', '']);
    expect(await bob.frame(({ type }) => type === 'bye')).toMatchObject({ code: 'removed' });
    await bob.closed;
    const left = await alice.frame(({ data }) => (data as { eventType?: string })?.eventType === 'user-left');
    expect(left).toMatchObject({ data: { userId: 'bob', reason: 'kicked' } });
    const again = await TestClient.connect(`${url}?meetingId=standup&userId=bob`, {
      protocols: ['cloudmeetx.v1'],
    });
    expect(await again.replyTo({ action: 'join' })).toMatchObject({ code: 'removed' });
    // The same by the address of the API, which its `@connections` are below.
    expect((await cli(`remove standup alice --url ${url}`)).code).toBe(0);
    expect(await cli(`remove standup alice --url ${url}`)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Nobody in this meeting has that'),
    });
  });

  it('says what to change', async () => {
    const { cli, join } = await deployed();
    await join('alice');
    const without = await cli('remove standup alice');
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('give --url wss://')]);
    const tables = await cli('meetings', { TABLE_NAME: 'NoSuchTable' });
    expect([tables.code, tables.stderr]).toEqual([
      1,
      expect.stringContaining('There is no table NoSuchTable or'),
    ]);
    const region = await cli('meetings', { AWS_REGION: '', AWS_CONFIG_FILE: '/nonexistent' });
    expect([region.code, region.stderr]).toEqual([2, expect.stringContaining('There is no AWS region')]);
    const credentials = await cli('meetings', {
      ...{ AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' },
      ...{ AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' },
    });
    expect([credentials.code, credentials.stderr]).toEqual([
      1,
      expect.stringContaining('There are no AWS credentials'),
    ]);
  });
});
