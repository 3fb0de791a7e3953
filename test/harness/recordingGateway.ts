import type { ConnectionEnd } from '../../src/gateway/closeReasons.ts';
import type { ConnectEvent, DisconnectEvent, MessageEvent } from '../../src/gateway/events.ts';
import type { GatewayOptions } from '../../src/gateway/options.ts';
import type { Routes } from '../../src/gateway/routes.ts';
import { startGateway } from './gateway.ts';
import { recorder } from './integrations.ts';
import { TestClient } from './TestClient.ts';

type Options = Omit<GatewayOptions, 'stage' | 'routes'> & { readonly messages?: Routes['messages'] };

/** Starts a gateway that admits everybody and keeps the events of `$connect`, `$default` and `$disconnect`. */
export async function startRecordingGateway({ messages, ...options }: Options = {}) {
  const $connect = recorder<ConnectEvent>();
  const $default = recorder<MessageEvent>();
  const $disconnect = recorder<DisconnectEvent>();
  const routes = {
    $connect: $connect.route,
    $disconnect: $disconnect.route,
    messages: { $default: $default.route, ...messages },
  };
  const started = await startGateway({ ...options, routes });
  /** Connects a client, and tells by which connectionId the gateway knows it. */
  const connect = async () => {
    const client = await TestClient.connect(started.url);
    return { client, connectionId: String($connect.events.at(-1)?.requestContext.connectionId) };
  };
  return { ...started, connect, $connect, $default, $disconnect };
}

/** What `$disconnect` was told of the end. */
export function endOf({ requestContext }: DisconnectEvent): ConnectionEnd {
  return { code: requestContext.disconnectStatusCode, reason: requestContext.disconnectReason };
}
