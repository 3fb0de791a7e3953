import { createAuthorize } from '../lambda/authorize/authorize.ts';
import { createHistory } from '../lambda/history/history.ts';
import { createJoin } from '../lambda/join/join.ts';
import { createLeave } from '../lambda/leave/leave.ts';
import { createLock } from '../lambda/lock/lock.ts';
import { createOnConnect } from '../lambda/onConnect/onConnect.ts';
import { createOnDefault } from '../lambda/onDefault/onDefault.ts';
import { createOnDisconnect } from '../lambda/onDisconnect/onDisconnect.ts';
import { createParticipants } from '../lambda/participants/participants.ts';
import { createRemove } from '../lambda/remove/remove.ts';
import { createSendMessage } from '../lambda/sendMessage/sendMessage.ts';
import type { Backend } from '../lambda/shared/backend.ts';
import { createUnlock } from '../lambda/unlock/unlock.ts';
import { createUpdate } from '../lambda/update/update.ts';
import { createVerifier } from '../src/auth/createVerifier.ts';
import type { Clock } from '../src/gateway/clock.ts';
import { Gateway } from '../src/gateway/Gateway.ts';
import type { GatewayOptions } from '../src/gateway/options.ts';
import type { Routes } from '../src/gateway/routes.ts';
import type { RateLimit, Telemetry } from '../src/meeting/ports.ts';
import { addressLimits } from './addressLimits.ts';
import { createRateLimit } from './backend.ts';
import type { Config } from './config.ts';
import { createPing } from './ping.ts';
import { createSourceOf } from './proxies.ts';

/** The gateway in front of the handlers. */
export function createGateway(
  config: Config,
  backend: Backend,
  { wrapRoutes = (routes) => routes, clock, telemetry, ...given }: Given,
): Gateway {
  return new Gateway({
    stage: config.stage,
    quotas: config.quotas,
    ...given,
    ...(clock && { clock }),
    sourceOf: createSourceOf(config.trustedProxies),
    addressLimits: addressLimits(config),
    report: ({ kind, ...context }) => backend.log.warn(kind, context),
    ...authorizerOf(config, { ...backend, telemetry }),
    routes: wrapRoutes(meetingRoutes(backend, createRateLimit(config))),
  });
}

/** The function that is asked who connects, if anybody is to be. */
function authorizerOf(
  { authentication }: Config,
  { log, now, telemetry }: Pick<Backend, 'log' | 'now'> & Pick<Given, 'telemetry'>,
): Pick<GatewayOptions, 'authorizer'> {
  if (!authentication) return {};
  const verifier = createVerifier(authentication, { now, fetch });
  return { authorizer: { integration: createAuthorize({ verifier, log, telemetry }) } };
}

type Given = Required<Pick<GatewayOptions, 'fallback' | 'pingIntervalMs'>> & {
  readonly telemetry: Telemetry;
  readonly wrapRoutes?: ((routes: Routes) => Routes) | undefined;
  readonly clock?: Clock | undefined;
};

/** The API's routes, each with the handler that is its Lambda function on AWS; pings are counted by a limit of their own. */
export function meetingRoutes(backend: Backend, pingRateLimit: RateLimit): Routes {
  return {
    $connect: { integration: createOnConnect(backend) },
    $disconnect: { integration: createOnDisconnect(backend) },
    messages: {
      sendMessage: { integration: createSendMessage(backend), ...twoWay },
      join: { integration: createJoin(backend), ...twoWay },
      update: { integration: createUpdate(backend), ...twoWay },
      history: { integration: createHistory(backend), ...twoWay },
      participants: { integration: createParticipants(backend), ...twoWay },
      leave: { integration: createLeave(backend), ...twoWay },
      remove: { integration: createRemove(backend), ...twoWay },
      lock: { integration: createLock(backend), ...twoWay },
      unlock: { integration: createUnlock(backend), ...twoWay },
      ping: { integration: createPing(backend, pingRateLimit), ...twoWay },
      $default: { integration: createOnDefault(backend), ...twoWay },
    },
  };
}

const twoWay = { routeResponseSelectionExpression: '$default' } as const;
