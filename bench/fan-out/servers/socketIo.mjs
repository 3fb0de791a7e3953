// Socket.IO as its documentation has it: a room for each meeting and one for each user, over WebSocket alone.
import { createServer } from 'node:http';
import { Server } from 'socket.io';
import { memberOf, stamped, userKey } from './exchange.mjs';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], pingInterval: 120_000, serveClient: false });
io.on('connection', (socket) => {
  const member = memberOf(socket.request.url);
  const { meetingId, userId } = member;
  socket.join([meetingId, userKey(meetingId, userId)]);
  socket.on('sendMessage', (message) => {
    const room = message.targetUserId ? userKey(meetingId, message.targetUserId) : meetingId;
    socket.to(room).emit('message', stamped(member, message));
  });
});
http.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`listening ${http.address().port}`),
);
