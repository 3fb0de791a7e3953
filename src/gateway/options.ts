import type { IncomingMessage, RequestListener } from 'node:http';
import type { Authorizer } from './authorizer.ts';
import type { Clock } from './clock.ts';
import type { ConnectionsApiOptions } from './connectionsApi.ts';
import type { AddressLimits } from './Gatekeeper.ts';
import type { GatewayReport } from './Invoker.ts';
import type { RandomBytes } from './ids.ts';
import type { Routes } from './routes.ts';
import type { Source } from './source.ts';

/** An API, and how its gateway behaves where AWS leaves a choice. */
export type GatewayOptions = {
  readonly stage: string;
  readonly routes: Routes;
  /** Asked about each upgrade before `$connect`; without one, everybody reaches `$connect`. */
  readonly authorizer?: Authorizer;
  /** `$request.body.action` unless given. */
  readonly routeSelectionExpression?: string;
  /** Answers plain HTTP outside the stage; without it, that is 403. */
  readonly fallback?: RequestListener;
  /** Answers `@connections` over HTTP to whoever signs with this key. Off unless given. */
  readonly connectionsApi?: ConnectionsApiOptions;
  readonly apiId?: string;
  /** For the ARN that an authorizer is asked about. `000000000000` unless given. */
  readonly accountId?: string;
  /** Likewise. That of `connectionsApi` unless given, else `us-east-1`. */
  readonly region?: string;
  readonly domainName?: string;
  readonly stageVariables?: Readonly<Record<string, string>>;
  /** `aws` holds clients to an account's default quotas. `off` unless given. */
  readonly quotas?: 'off' | 'aws';
  /** What one source address may take for itself; off unless given. API Gateway has no such limits. */
  readonly addressLimits?: AddressLimits;
  /** Where a request comes from: its socket says, unless proxies are in front. */
  readonly sourceOf?: (request: IncomingMessage) => Source;
  /** How often peers are pinged; one that was silent since the last ping is cut off. API Gateway never pings. */
  readonly pingIntervalMs?: number;
  /** Of each route and of the authorizer, so many first invocations are watched for pending promises. 100 unless given. */
  readonly watchedInvocations?: number;
  readonly report?: (report: GatewayReport) => void;
  readonly clock?: Clock;
  readonly randomBytes?: RandomBytes;
};
