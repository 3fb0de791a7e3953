// The control: what one writes first on `ws`. A message is parsed, stamped, made text once and sent in a loop; nothing is
// checked, limited, logged or acked.
import { WebSocketServer } from 'ws';
import { Groups, memberOf, stamped, userKey } from './exchange.mjs';

const meetings = new Groups();
const users = new Groups();

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, backlog: 4096 });
server.on('listening', () => console.log(`listening ${server.address().port}`));
server.on('connection', (socket, request) => {
  const member = memberOf(request.url);
  const { meetingId, userId } = member;
  meetings.add(meetingId, socket);
  users.add(userKey(meetingId, userId), socket);
  socket.on('message', (bytes) => {
    const message = JSON.parse(bytes.toString());
    const text = JSON.stringify(stamped(member, message));
    const recipients = message.targetUserId
      ? users.get(userKey(meetingId, message.targetUserId))
      : meetings.get(meetingId);
    for (const recipient of recipients) if (recipient !== socket) recipient.send(text);
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    meetings.delete(meetingId, socket);
    users.delete(userKey(meetingId, userId), socket);
  });
});
