import { expect, it } from 'vitest';
import { createSelectRoute } from './routes.ts';

it('[GR2] sends a message whose action nests too deep to be compared to $default, and does not fall over it', () => {
  const select = createSelectRoute(
    { sendMessage: { integration: async () => {} }, $default: { integration: async () => {} } },
    '$request.body.action',
  );
  const action = `${'['.repeat(60_000)}${']'.repeat(60_000)}`;
  expect(select(`{"action":${action}}`)?.routeKey).toBe('$default');
});
