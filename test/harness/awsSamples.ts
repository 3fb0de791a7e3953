/**
 * Events as AWS has emitted them, put together from captured ones and from those of its documentation: a Chrome that
 * passed an authorizer, what it sent, a wscat that left, and an authorizer's event. Only the names of people, the API's
 * id, and the texts that clients choose are made up.
 */

const domainName = 'a1b2c3d4e5.execute-api.us-east-1.amazonaws.com';
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/134.0.0.0 Safari/537.36';

/** Each header once, as `multiValueHeaders` has them. */
export const listsOf = (values: Readonly<Record<string, string>>): Record<string, string[]> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]]));

/** What Chrome sends of its own accord. */
export const chromeHeaders = {
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  'Accept-Language': 'en-US,en;q=0.9',
  'Cache-Control': 'no-cache',
  Host: domainName,
  Origin: 'http://localhost:3000',
  Pragma: 'no-cache',
  'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
  'Sec-WebSocket-Key': 'DM+9PqsQtaZrN+IMZbWTzg==',
  'Sec-WebSocket-Version': '13',
  'User-Agent': userAgent,
} as const;

const headersAddedByAws = {
  'X-Amzn-Trace-Id': 'Root=1-65d2ff2e-718990494fd688f062bf1571',
  'X-Forwarded-For': '203.0.113.7',
  'X-Forwarded-Port': '443',
  'X-Forwarded-Proto': 'https',
};

const connectHeaders = { ...chromeHeaders, ...headersAddedByAws };

/** `$connect`, behind an authorizer. */
export const connectSample = {
  headers: connectHeaders,
  multiValueHeaders: listsOf(connectHeaders),
  queryStringParameters: { token: 'abc' },
  multiValueQueryStringParameters: { token: ['abc'] },
  requestContext: {
    routeKey: '$connect',
    authorizer: { userId: 'u-1', principalId: 'user', integrationLatency: 111 },
    eventType: 'CONNECT',
    extendedRequestId: 'PJqB0E1tKRcF-Qw=',
    requestTime: '29/Nov/2023:08:04:01 +0000',
    messageDirection: 'IN',
    stage: 'production',
    connectedAt: 1701245041796,
    requestTimeEpoch: 1701245041798,
    identity: { userAgent, sourceIp: '203.0.113.7' },
    requestId: 'PJqB0E1tKRcF-Qw=',
    domainName,
    connectionId: 'PJqB0fHsqRcCHlw=',
    apiId: 'a1b2c3d4e5',
  },
  isBase64Encoded: false,
};

/** A message on a route of its own, behind an authorizer. */
export const messageSample = {
  requestContext: {
    routeKey: 'sendMessage',
    authorizer: { userId: 'u-1', principalId: 'user' },
    messageId: 'PJqCFfHyKRcCHlw=',
    eventType: 'MESSAGE',
    extendedRequestId: 'PJqCFEqHqRcFd0w=',
    requestTime: '29/Nov/2023:08:04:03 +0000',
    messageDirection: 'IN',
    stage: 'production',
    connectedAt: 1701245041796,
    requestTimeEpoch: 1701245043417,
    identity: { userAgent, sourceIp: '203.0.113.7' },
    requestId: 'PJqCFEqHqRcFd0w=',
    domainName,
    connectionId: 'PJqB0fHsqRcCHlw=',
    apiId: 'a1b2c3d4e5',
  },
  body: '{"action":"sendMessage","data":"hi"}',
  isBase64Encoded: false,
};

const disconnectHeaders = { Host: domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };

/** The end of a client that names no user agent and no close code, behind an authorizer. */
export const disconnectSample = {
  headers: disconnectHeaders,
  multiValueHeaders: listsOf(disconnectHeaders),
  requestContext: {
    routeKey: '$disconnect',
    disconnectStatusCode: 1005,
    authorizer: { userId: 'u-1', principalId: 'user' },
    eventType: 'DISCONNECT',
    extendedRequestId: 'PJqCOG4zqRcFcPw=',
    requestTime: '29/Nov/2023:08:04:04 +0000',
    messageDirection: 'IN',
    disconnectReason: 'Client-side close frame status not set',
    stage: 'production',
    connectedAt: 1701245041796,
    requestTimeEpoch: 1701245044314,
    identity: { sourceIp: '203.0.113.7' },
    requestId: 'PJqCOG4zqRcFcPw=',
    domainName,
    connectionId: 'PJqB0fHsqRcCHlw=',
    apiId: 'a1b2c3d4e5',
  },
  isBase64Encoded: false,
};

/** What the client of the authorizer's sample sends of its own accord. */
export const plainHeaders = {
  Host: domainName,
  'Sec-WebSocket-Key': 'DM+9PqsQtaZrN+IMZbWTzg==',
  'Sec-WebSocket-Version': '13',
} as const;

const authorizerHeaders = {
  Connection: 'upgrade',
  'content-length': '0',
  ...plainHeaders,
  Upgrade: 'websocket',
  ...headersAddedByAws,
};

/** A REQUEST authorizer's, of a client that names no user agent. */
export const authorizerSample = {
  type: 'REQUEST',
  methodArn: 'arn:aws:execute-api:us-east-1:123456789012:a1b2c3d4e5/production/$connect',
  headers: authorizerHeaders,
  multiValueHeaders: listsOf(authorizerHeaders),
  queryStringParameters: { token: 'abc' },
  multiValueQueryStringParameters: { token: ['abc'] },
  stageVariables: {},
  requestContext: {
    routeKey: '$connect',
    eventType: 'CONNECT',
    extendedRequestId: 'PJqB0E1tKRcF-Qw=',
    requestTime: '19/Jan/2023:21:13:26 +0000',
    messageDirection: 'IN',
    stage: 'production',
    connectedAt: 1674162806344,
    requestTimeEpoch: 1674162806345,
    identity: { sourceIp: '203.0.113.7' },
    requestId: 'PJqB0E1tKRcF-Qw=',
    domainName,
    connectionId: 'PJqB0fHsqRcCHlw=',
    apiId: 'a1b2c3d4e5',
  },
};

const ID = /^[\w-]{15}=$/;
const COMMON_LOG_TIME = /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/;
const isTime = (value: unknown) => Number.isInteger(value) && Number(value) > Date.UTC(2020, 0);

/**
 * What two events may differ in and still be the same: ids and times, as long as each has its form; and, since our
 * client is another than the sample's, where it comes from and which port and scheme it came to.
 */
const varying: Readonly<Record<string, (value: unknown) => boolean>> = {
  connectionId: (value) => ID.test(String(value)),
  requestId: (value) => ID.test(String(value)),
  extendedRequestId: (value) => ID.test(String(value)),
  messageId: (value) => ID.test(String(value)),
  requestTime: (value) => COMMON_LOG_TIME.test(String(value)),
  requestTimeEpoch: isTime,
  connectedAt: isTime,
  integrationLatency: (value) => Number.isInteger(value),
  'X-Amzn-Trace-Id': (value) => /^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(String(value)),
  sourceIp: (value) => /^\d+\.\d+\.\d+\.\d+$/.test(String(value)),
  'X-Forwarded-For': (value) => /^\d+\.\d+\.\d+\.\d+$/.test(String(value)),
  'X-Forwarded-Port': (value) => /^\d+$/.test(String(value)),
  'X-Forwarded-Proto': (value) => /^https?$/.test(String(value)),
};

/** An event with a word in the place of each thing that may vary and has its form. */
export function comparable(event: unknown): unknown {
  return JSON.parse(JSON.stringify(event), (name, value: unknown) => {
    const hasForm = varying[name];
    if (!hasForm) return value;
    if (Array.isArray(value)) return value.map((one) => (hasForm(one) ? `a ${name}` : one));
    return hasForm(value) ? `a ${name}` : value;
  });
}
