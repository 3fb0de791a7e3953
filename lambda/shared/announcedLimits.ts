import { protocolLimits } from '../../src/protocol/limits.ts';
import type { SharedConfig } from './environment.ts';

/** The limits that a welcome tells, so that a client needn't find them out: API Gateway's, the protocol's, ours. */
export function announcedLimits(config: SharedConfig): Readonly<Record<string, number>> {
  const { frameBytes, messageBytes, entryBytes, attributesBytes, idleSeconds, connectionSeconds } =
    protocolLimits;
  const { membershipLimits, messagesPerSecond, messageBurst } = config;
  return {
    frameBytes,
    messageBytes,
    entryBytes,
    attributesBytes,
    idleSeconds,
    connectionSeconds,
    ...membershipLimits,
    messagesPerSecond,
    messageBurst,
  };
}
