import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { decodeDelivery } from '../../src/aws/deliveryMessages.ts';
import { SqsDeliveryQueue } from '../../src/aws/SqsDeliveryQueue.ts';
import { type QueueEvent, workThrough } from '../../src/aws/workThrough.ts';
import type { Delivery } from '../../src/meeting/ports.ts';
import { deliveryQueueContract } from '../contracts/deliveryQueue.ts';
import { aConnection } from '../harness/connections.ts';
import { type Moto, motoSource, startMoto } from '../harness/moto.ts';
import { QueuePoller } from './QueuePoller.ts';
import { sqsOf } from './Worker.ts';

const name = 'the queue of deliveries on moto’s SQS';

if (motoSource.kind === 'none') {
  it.skip(`${name}: ${motoSource.reason}`);
} else {
  describe(name, () => {
    let moto: Moto;
    let client: SQSClient;
    let queues = 0;
    beforeAll(async () => {
      moto = await startMoto();
      client = sqsOf(moto.endpoint);
    });
    afterAll(async () => {
      client.destroy();
      await moto.stop();
    });

    /** A queue as it is deployed, but that what was received can be seen at once: nothing here waits for 90 seconds. */
    async function aQueue() {
      const create = async (Attributes: Record<string, string>) => {
        const QueueName = `Deliveries${++queues}`;
        const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
        return QueueUrl;
      };
      const deadLetterUrl = await create({});
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: ['QueueArn'] }),
      );
      const RedrivePolicy = JSON.stringify({
        deadLetterTargetArn: Attributes?.QueueArn,
        maxReceiveCount: 5,
      });
      const queueUrl = await create({ VisibilityTimeout: '0', RedrivePolicy });
      const queue = new SqsDeliveryQueue({ client, queueUrl, sleep: async () => {}, random: () => 0.5 });
      return { queue, queueUrl, deadLetterUrl };
    }

    /** What takes messages for a worker, as the function's mapping says. */
    function pollerOf(queueUrl: string, worker: (delivery: Delivery) => Promise<void>): QueuePoller {
      const poller = new QueuePoller({
        ...{ client, queueUrl, batchSize: 4, responseTypes: ['ReportBatchItemFailures'] },
        invoke: (event) => workThrough(event as QueueEvent, worker, () => {}),
      });
      onTestFinished(() => poller.stop());
      return poller;
    }

    async function countOf(QueueUrl: string, kind: '' | 'Delayed' = ''): Promise<number> {
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
      );
      return Number(Attributes?.[`ApproximateNumberOfMessages${kind}`]);
    }

    const create = async (worker: (delivery: Delivery) => Promise<void>) => {
      const { queue, queueUrl } = await aQueue();
      const poller = pollerOf(queueUrl, worker);
      return { queue, advance: () => poller.drain() };
    };
    deliveryQueueContract('SQS of moto', create, 'real');

    it('[DQ1] takes ten of a batch with what JSON and XML are particular about, and of them nothing else', async () => {
      const { queue, queueUrl } = await aQueue();
      const deliveries = oddTexts.map((said, delays) => delivery({ said, delays }));
      expect(deliveries).toHaveLength(10);
      await queue.enqueue(deliveries, 0);
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
      );
      const bodies = Messages.map(({ Body = '' }) => Body);
      expect(bodies.map(decodeDelivery).map(saidIn)).toEqual(oddTexts);
      // moto takes what SQS would put U+FFFD in place of.
      expect(
        bodies.filter(
          (body) => !/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u.test(body),
        ),
      ).toEqual([]);
    });

    it('[DQ1] takes 128 KB for each of a hundred recipients, byte for byte', async () => {
      const { queue, queueUrl } = await aQueue();
      const recipients = Array.from({ length: 100 }, (_, index) =>
        aConnection({ connectionId: `c${index}=` }),
      );
      const text = JSON.stringify({ data: '€"\\'.repeat(18_723) });
      const large = { ...delivery({ said: '', delays: 0 }), recipients, payload: { seq: 1, text } };
      expect(Buffer.byteLength(text)).toBe(131_072);
      await queue.enqueue([large, large], 0);
      const done: Delivery[] = [];
      await pollerOf(queueUrl, async (given) => void done.push(given)).drain();
      expect(done.map(({ payload }) => payload.text === text)).toEqual([true, true]);
      expect(done.map((given) => given.recipients.length)).toEqual([100, 100]);
    });

    it('[DQ1] shows nobody what is delayed, until it is due', async () => {
      const { queue, queueUrl } = await aQueue();
      const done: string[] = [];
      const poller = pollerOf(queueUrl, async (given) => void done.push(saidIn(given)));
      await queue.enqueue([delivery({ said: 'in ten minutes', delays: 1 })], 600_000);
      await queue.enqueue([delivery({ said: 'now', delays: 2 })], 0);
      await poller.drain();
      expect(done).toEqual(['now']);
      expect(await countOf(queueUrl, 'Delayed')).toBe(1);

      await queue.enqueue([delivery({ said: 'in a moment', delays: 3 })], 1);
      poller.start();
      await expect.poll(() => done, { timeout: 60_000 }).toEqual(['now', 'in a moment']);
    });

    it('[DQ2] lays aside, as it was, what no worker could deal with', async () => {
      const { queue, queueUrl, deadLetterUrl } = await aQueue();
      await queue.enqueue([delivery({ said: 'good', delays: 0 }), delivery({ said: 'bad', delays: 1 })], 0);
      await pollerOf(queueUrl, async (given) => {
        if (saidIn(given) === 'bad') throw new Error('rejected');
      }).drain();
      expect(await countOf(queueUrl)).toBe(0);
      const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: deadLetterUrl }));
      expect(Messages.map(({ Body = '' }) => saidIn(decodeDelivery(Body)))).toEqual(['bad']);
    });
  });
}

const oddTexts = [
  'plain',
  'quotes "\' and \\ backslashes \\\\"',
  'lines\n\r\t\b\f\v\u2028\u2029',
  'controls \u0000\u0001\u001f\u007f\u0085',
  'noncharacters \ufffe\uffff\ufdd0\u{1fffe}\u{10ffff}',
  'half a pair \ud800 and \udfff',
  'whole pairs 𝄞 👩‍👩‍👧',
  'marks \ufeff \u200d \u202e é é',
  '<xml attribute="&amp;">]]></xml>',
  '',
];

function delivery({ said, delays }: { readonly said: string; readonly delays: number }): Delivery {
  const payload = { seq: 1, text: JSON.stringify({ data: said }) };
  return { recipients: [aConnection()], payload, sinceMs: 1, delays };
}

const saidIn = ({ payload }: Delivery): string =>
  (JSON.parse(payload.text) as { readonly data: string }).data;
