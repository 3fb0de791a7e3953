import { FloodGuard } from '../../src/meeting/FloodGuard.ts';
import { measured } from '../../src/meeting/measured.ts';
import type { Telemetry } from '../../src/meeting/ports.ts';
import { announcedLimits } from './announcedLimits.ts';
import type { Backend } from './backend.ts';
import { withCountedErrors } from './countErrors.ts';
import type { SharedConfig } from './environment.ts';
import { createIceServers } from './iceServers.ts';
import { createLog, type Log } from './log.ts';

/** The log of a function: Lambda takes each line of standard output for a log event. */
export function createFunctionLog({ logLevel }: SharedConfig): Log {
  return createLog({ level: logLevel, write: (line) => process.stdout.write(`${line}\n`), now: Date.now });
}

/** What a backend is made of. */
type GivenPorts = Pick<Backend, 'meetings' | 'connections' | 'deliveryQueue' | 'rateLimit' | 'log'> & {
  readonly telemetry: Telemetry;
};

/** Adds to a function's ports and log what is the same in all functions, and counts what they do. */
export function createBackend(config: SharedConfig, ports: GivenPorts): Backend {
  const { telemetry } = ports;
  const log = withCountedErrors(ports.log, telemetry);
  return {
    ...measured(ports, telemetry, () => performance.now()),
    queueAbove: config.queueAbove,
    floodGuard: new FloodGuard(Date.now),
    log,
    membershipLimits: config.membershipLimits,
    banSeconds: config.banSeconds,
    limits: announcedLimits(config),
    iceServers: createIceServers(config.ice),
    allowedOrigins: config.allowedOrigins,
    authentication: config.authentication ? 'on' : 'off',
    now: Date.now,
    newMessageId: () => crypto.randomUUID(),
  };
}
