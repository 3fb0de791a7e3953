import type { WebSocketApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Deliveries } from './deliveries.ts';
import type { TriggeredFunction } from './functions.ts';
import type { Settings } from './settings.ts';
import type { Tables } from './tables.ts';

/** What of a deployment is watched. */
export type Watched = {
  readonly settings: Settings;
  readonly api: WebSocketApi;
  readonly functions: readonly TriggeredFunction[];
  readonly tables: Tables;
  readonly deliveries: Deliveries;
};

/** The function that is invoked so, if there is one. */
export const functionOf = ({ functions }: Watched, kind: TriggeredFunction['trigger']['kind']) =>
  functions.find(({ trigger }) => trigger.kind === kind)?.handler;
