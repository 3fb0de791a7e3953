// Joins a meeting, says hello, prints what it gets, and leaves when it is answered.
import { createMeetingClient } from 'cloudmeetx/client';
import { WebSocket } from 'ws';

const [url] = process.argv.slice(2);
const client = createMeetingClient({
  url,
  meetingId: 'standup',
  userId: 'alice',
  userName: 'Alice',
  webSocket: WebSocket,
});

client.on('welcome', ({ participants }) =>
  console.log(participants.map(({ userName }) => userName).join(', ')),
);
client.on('chat', async ({ from, data, own }) => {
  console.log(`${from.userName}: ${data}`);
  if (!own) await client.leave();
});
await client.sendChat('Hello from Node');
