import { describe, expect, it } from 'vitest';
import { startFunction } from '../harness/functionZip.ts';
import { startGateway } from '../harness/gateway.ts';
import { TestClient } from '../harness/TestClient.ts';

const event = (body: unknown = {}) => ({ requestContext: { requestId: 'request-1' }, body });

describe('the Lambda runner', () => {
  it('[GF1] runs a zip in a process of its own, which sees its own environment only', async () => {
    const { lambda } = startFunction(
      'export const handler = async () => ({ pid: process.pid, names: Object.keys(process.env), cwd: process.cwd() });',
      { environment: { TABLE_NAME: 'Meetings' } },
    );
    const { pid, names } = (await lambda.invoke(event())) as { pid: number; names: string[] };
    expect(pid).not.toBe(process.pid);
    expect(names.filter((name) => !name.startsWith('NODE_CHANNEL')).sort()).toEqual([
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_REGION',
      'LAMBDA_TASK_ROOT',
      'TABLE_NAME',
      'TZ',
    ]);
  });

  it('[GF2] handles one event at a time in a process, and keeps the process for the next', async () => {
    const { lambda } = startFunction(
      'let events = 0; export const handler = async () => ({ pid: process.pid, events: ++events });',
    );
    const first = (await lambda.invoke(event())) as { pid: number };
    expect(await lambda.invoke(event())).toEqual({ pid: first.pid, events: 2 });
    const parallel = (await Promise.all([lambda.invoke(event()), lambda.invoke(event())])) as {
      pid: number;
    }[];
    expect(new Set(parallel.map(({ pid }) => pid)).size).toBe(2);
  });

  it('[GF2] lets events wait for a process when there are as many as allowed', async () => {
    const { lambda } = startFunction('let events = 0; export const handler = async () => ++events;', {
      concurrency: 1,
    });
    const counts = await Promise.all([
      lambda.invoke(event()),
      lambda.invoke(event()),
      lambda.invoke(event()),
    ]);
    expect(counts.sort()).toEqual([1, 2, 3]);
  });

  it('[GF3] freezes the process when the handler has returned, with whatever it left undone', async () => {
    const { lambda } = startFunction(`
      let ticks = 0;
      setInterval(() => ticks++, 1);
      export const handler = async ({ body }) => {
        if (body.waitMs) await new Promise((resolve) => setTimeout(resolve, body.waitMs));
        return ticks;
      };`);
    await lambda.invoke(event());
    const before = (await lambda.invoke(event())) as number;
    await lambda.invoke(event({ waitMs: 50 }));
    const ticked = (await lambda.invoke(event())) as number;
    expect(ticked).toBeGreaterThan(before);
    // Another process counts to far more in the time that this one is frozen for.
    const { lambda: other } = startFunction(
      'export const handler = () => new Promise((resolve) => setTimeout(resolve, 300));',
    );
    await other.invoke(event());
    expect(((await lambda.invoke(event())) as number) - ticked).toBeLessThan(150);
  });

  it('[GF4] ends a process whose handler takes too long, and starts another for the next event', async () => {
    const { lambda } = startFunction(
      `export const handler = ({ body }) => (body.hang ? new Promise(() => setInterval(() => {}, 1000)) : { pid: process.pid });`,
      { timeoutMs: 300 },
    );
    const first = (await lambda.invoke(event())) as { pid: number };
    await expect(lambda.invoke(event({ hang: true }))).rejects.toThrow('Task timed out after 0.30 seconds');
    const next = (await lambda.invoke(event())) as { pid: number };
    expect(next.pid).not.toBe(first.pid);
  });

  it('[GF5] survives a process that crashes: that event fails, the next is handled', async () => {
    const { lambda } = startFunction(
      'export const handler = async ({ body }) => (body.crash ? process.exit(3) : "fine");',
    );
    await expect(lambda.invoke(event({ crash: true }))).rejects.toThrow('Runtime exited with status 3');
    expect(await lambda.invoke(event())).toBe('fine');
  });

  it('[GF5] fails the event of a function that does not load', async () => {
    const { lambda, lines } = startFunction('throw new Error("no configuration");');
    await expect(lambda.invoke(event())).rejects.toThrow('Runtime exited with status 1');
    expect(lines.join('\n')).toContain('no configuration');
  });

  it('[GF6] hands over the context that handlers read, and rejects with what a handler throws', async () => {
    const { lambda } = startFunction(
      `export const handler = async (event, context) => {
        if (event.body.fail) throw new TypeError('not today');
        return { ...context, left: context.getRemainingTimeInMillis() };
      };`,
      { functionName: 'CloudMeetX-test', timeoutMs: 5000 },
    );
    const context = (await lambda.invoke(event())) as { left: number };
    expect(context).toMatchObject({
      awsRequestId: 'request-1',
      functionName: 'CloudMeetX-test',
      memoryLimitInMB: '256',
    });
    expect(context.left).toBeGreaterThan(0);
    expect(context.left).toBeLessThanOrEqual(5000);
    const thrown = { name: 'TypeError', message: 'not today' };
    await expect(lambda.invoke(event({ fail: true }))).rejects.toMatchObject(thrown);
  });

  it('[GF4][GF5] is an integration like any other: what fails becomes the frame that it becomes on AWS', async () => {
    const { lambda } = startFunction(
      'export const handler = async ({ body }) => (body === "crash" ? process.exit(1) : { body: body + "!" });',
    );
    const { url } = await startGateway({
      routes: {
        messages: { $default: { integration: lambda.invoke, routeResponseSelectionExpression: '$default' } },
      },
    });
    const client = await TestClient.connect(url);
    expect(await client.requestText('crash')).toMatchObject({ message: 'Internal server error' });
    client.sendText('hello');
    expect(await client.nextText()).toBe('hello!');
  });
});
