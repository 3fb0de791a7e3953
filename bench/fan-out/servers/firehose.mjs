// What the load generator can take: to each recipient frames that were made before, as fast as its socket takes them, and
// no thought for anything. FRAMES_A_WRITE says how many go into one write.
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';

const frame = Buffer.alloc(4 + 400, 'x');
frame.set([0x81, 126, 400 >> 8, 400 & 255]);
const chunk = Buffer.concat(new Array(Number(process.env.FRAMES_A_WRITE)).fill(frame));

const recipients = new Set();
const server = createServer();
server.on('upgrade', (request, socket) => {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  socket.on('error', () => {});
  socket.resume();
  if (request.url.includes('userId=recipient')) recipients.add(socket);
  // The sender's first word says that all are there.
  else socket.once('data', pour);
  socket.on('close', () => recipients.delete(socket));
});

function pour() {
  for (const socket of recipients) if (!socket.writableNeedDrain) socket.write(chunk);
  if (recipients.size > 0) setImmediate(pour);
}

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  console.log(`listening ${server.address().port}`),
);
