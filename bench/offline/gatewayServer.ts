// `src/gateway` with the handlers, on a port of its own: PORT.
import { createServer } from 'node:http';
import { Gateway } from '../../src/gateway/Gateway.ts';
import { accessKey } from '../posts/target.ts';
import * as handlers from './handlers.ts';

const gateway = new Gateway({
  stage: 'production',
  connectionsApi: { accessKey, region: 'us-east-1' },
  routes: {
    $connect: { integration: (event) => handlers.connect({ ...event, body: '' }) },
    $disconnect: { integration: (event) => handlers.disconnect({ ...event, body: '' }) },
    messages: {
      echo: { integration: handlers.echo, routeResponseSelectionExpression: '$default' },
      quiet: { integration: handlers.echo },
      whoAmI: { integration: handlers.whoAmI, routeResponseSelectionExpression: '$default' },
      broadcast: { integration: handlers.broadcast },
      fail: { integration: handlers.fail },
    },
  },
});
const server = createServer();
gateway.attach(server);
server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
