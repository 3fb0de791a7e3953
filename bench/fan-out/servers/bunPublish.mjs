// The ceiling: publish of Bun, which is native code. Run by Bun. As in the plain loop nothing is checked, limited, logged or acked.
import { memberOf, stamped, userKey } from './exchange.mjs';

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  fetch(request, self) {
    const isUpgraded = self.upgrade(request, { data: memberOf(request.url) });
    return isUpgraded ? undefined : new Response('', { status: 426 });
  },
  websocket: {
    idleTimeout: 0,
    open(socket) {
      const { meetingId, userId } = socket.data;
      socket.subscribe(meetingId);
      socket.subscribe(userKey(meetingId, userId));
    },
    message(socket, text) {
      const message = JSON.parse(text);
      const { meetingId } = socket.data;
      const topic = message.targetUserId ? userKey(meetingId, message.targetUserId) : meetingId;
      socket.publish(topic, JSON.stringify(stamped(socket.data, message)));
    },
  },
});
process.on('SIGUSR2', () => Bun.gc(true));
console.log(`listening ${server.port}`);
