// The only place with prices. All are list prices in US dollars, before free tiers and discounts, and of the first tier where
// there are several. None was read on AWS's own pages, which are named for comparing: those of DynamoDB's units, Lambda's GB-seconds, SQS
// and WebSocket messages agree with what others write of them, found on the day below; the rest (storage, CloudWatch) is from memory.
// Compare them before you rely on a sum.

/** The day on which they were looked up. */
export const PRICES_OF = '2026-11-28';

/** What is paid for, each with the unit that its name says. */
export type Prices = {
  /** https://aws.amazon.com/api-gateway/pricing/: a message is one for each 32 KB begun, whichever way it goes. */
  readonly webSocketMessagesMillion: number;
  readonly connectionMinutesMillion: number;
  /** https://aws.amazon.com/lambda/pricing/ */
  readonly invocationsMillion: number;
  /** On arm64. */
  readonly gbSecond: number;
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  readonly writeUnitsMillion: number;
  readonly readUnitsMillion: number;
  readonly storedGbMonth: number;
  /** https://aws.amazon.com/sqs/pricing/: standard queues. */
  readonly queueRequestsMillion: number;
  /** https://aws.amazon.com/cloudwatch/pricing/: log events taken in, in the standard class. */
  readonly loggedGb: number;
  readonly customMetricMonth: number;
};

/** By region: those whose prices are known for sure. */
export const pricesByRegion: Readonly<Record<string, Prices>> = {
  'us-east-1': {
    webSocketMessagesMillion: 1,
    connectionMinutesMillion: 0.25,
    invocationsMillion: 0.2,
    gbSecond: 0.000_013_333_4,
    writeUnitsMillion: 0.625,
    readUnitsMillion: 0.125,
    storedGbMonth: 0.25,
    queueRequestsMillion: 0.4,
    loggedGb: 0.5,
    customMetricMonth: 0.3,
  },
};
