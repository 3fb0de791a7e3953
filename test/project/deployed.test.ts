import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { createClock } from '../../src/gateway/clock.ts';
import { startGateway, type TestGateway } from '../harness/gateway.ts';
import { twoWay } from '../harness/integrations.ts';
import { connectionsApi } from '../harness/managementApi.ts';
import { testRoutes } from '../harness/meetingGateway.ts';
import { probeRoutes } from '../harness/probeGateway.ts';
import { runSuite, section } from '../harness/runSuite.ts';
import { startProcess } from '../harness/startProcess.ts';
import { startTlsProxy } from '../harness/tlsProxy.ts';

describe('npm run test:deployed', () => {
  it('passes on the server of npm start, and says what it could not check', async () => {
    const { url } = await startProcess();

    const { code, output } = await runSuite({ GATEWAY_URL: url });

    expect(output).toMatch(/\n[1-9]\d* passed, 0 failed, [1-9]\d* skipped\n$/);
    expect(code).toBe(0);
    expect(section(output, 'Rules that do not hold, and their basis')).toEqual(['none']);
    expect(section(output, 'Rules that hold as far as checked')).toEqual(['GL1 GL2 GR1 GR2 GR3 GU2 GU5']);
    expect(section(output, 'Not checked this time').map((line) => line.replace(/^.*?: /, ''))).toEqual(
      expect.arrayContaining([
        'needs PROBE_URL, of the probe',
        'needs CALLBACK_URL, and credentials of AWS',
        'takes 121 minutes: MAX_WAIT_MINUTES=121 allows it',
      ]),
    );
    expect(section(output, 'Checked on our own gateway only')).toContain(
      'GU4: needs an API without `$connect`',
    );
  });

  it('passes on our gateway with a probe, a key and TLS, but for what takes minutes', async () => {
    const meeting = await startStage((started) => testRoutes(() => started().gateway));
    const probe = await startStage((started) => probeRoutes(() => started().gateway, createClock()));
    const tls = await startTlsProxy(meeting.port);
    if (!tls) console.log('no openssl: the suite runs without TLS');

    const { code, output } = await runSuite({
      GATEWAY_URL: tls ? `wss://${tls.authority}/production` : meeting.url,
      CALLBACK_URL: meeting.url.replace('ws:', 'http:'),
      PROBE_URL: probe.url,
      PROBE_CALLBACK_URL: probe.url.replace('ws:', 'http:'),
      AWS_ACCESS_KEY_ID: accessKey.accessKeyId,
      AWS_SECRET_ACCESS_KEY: accessKey.secretAccessKey,
      AWS_REGION: region,
      ...(tls && { NODE_EXTRA_CA_CERTS: tls.certificateFile }),
    });

    expect(section(output, 'Rules that do not hold, and their basis')).toEqual(['none']);
    expect(code).toBe(0);
    for (const line of section(output, 'Not checked this time')) expect(line).toContain('MAX_WAIT_MINUTES');
  });

  it('fails on a WebSocket server that is no API Gateway', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    server.on('connection', (socket) => {
      socket.on('error', () => {});
      socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
    });
    onTestFinished(() => {
      for (const client of server.clients) client.terminate();
      server.close();
    });
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/production`;

    const { code, output } = await runSuite({ GATEWAY_URL: url, PROBE_URL: url }, ['--testTimeout=500']);

    expect(code).toBe(1);
    expect(section(output, 'Rules that hold as far as checked')).toEqual(['none']);
  });

  it('finds one rule that does not hold, and says how we came by it', async () => {
    const probe = await startStage((started) => {
      const routes = probeRoutes(() => started().gateway, createClock());
      const quiet = twoWay(
        (event) => routes.messages.play?.integration(event) ?? Promise.reject(new Error('no route')),
      );
      return { ...routes, messages: { ...routes.messages, quiet } };
    });

    const { code, output } = await runSuite({ PROBE_URL: probe.url }, ['integrations', '-t', 'GI2|GI3']);

    expect(code).toBe(1);
    expect(section(output, 'Rules that do not hold, and their basis')).toEqual([
      expect.stringMatching(/^GI2: documented: `apigateway-websocket-api-route-response`/),
    ]);
    expect(section(output, 'Rules that hold as far as checked')).toEqual(['GI3']);
  });

  it('fails where nobody listens, and without a stage', async () => {
    const listener = createServer();
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));

    const [unreachable, unset] = await Promise.all([
      runSuite({ GATEWAY_URL: `ws://127.0.0.1:${port}/production` }, ['routing']),
      runSuite({}),
    ]);

    expect(unreachable.code).toBe(1);
    expect(section(unreachable.output, 'Rules that hold as far as checked')).toEqual(['none']);
    expect(unset.code).toBe(1);
    expect(unset.output).toContain('Set GATEWAY_URL to the WebSocket URL of a stage');
  });
});

const { accessKey, region } = connectionsApi;

async function startStage(
  routes: (started: () => TestGateway) => Parameters<typeof startGateway>[0]['routes'],
): Promise<TestGateway> {
  const started: TestGateway = await startGateway({
    connectionsApi,
    routes: routes(() => started),
  });
  return started;
}
