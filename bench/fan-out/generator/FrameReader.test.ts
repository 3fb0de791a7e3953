import { describe, expect, it } from 'vitest';
import { FrameReader } from './FrameReader.ts';

const frame = (opcode: number, bytes: number): Buffer => {
  const payload = Buffer.alloc(bytes, 'x');
  if (bytes < 126) return Buffer.concat([Buffer.from([0x80 | opcode, bytes]), payload]);
  const long = bytes > 65_535;
  const header = Buffer.alloc(long ? 10 : 4);
  header.set([0x80 | opcode, long ? 127 : 126]);
  if (long) header.writeBigUInt64BE(BigInt(bytes), 2);
  else header.writeUInt16BE(bytes, 2);
  return Buffer.concat([header, payload]);
};

const PING = 9;
const frames = [frame(1, 0), frame(1, 125), frame(PING, 4), frame(1, 126), frame(1, 70_000), frame(1, 3)];
const all = Buffer.concat(frames);

describe('FrameReader', () => {
  it.each([1, 2, 3, 7, 130, 4096, all.length])(
    'counts the same frames in chunks of %i bytes',
    (chunkBytes) => {
      const controls: string[] = [];
      const reader = new FrameReader((kind) => controls.push(kind));
      for (let at = 0; at < all.length; at += chunkBytes) {
        const chunk = all.subarray(at, at + chunkBytes);
        // In the middle of a buffer, as a socket's chunk may be.
        reader.read(Buffer.concat([Buffer.from('before'), chunk, Buffer.from('after')]), 6, 6 + chunk.length);
      }
      expect(reader.texts).toBe(5);
      expect(controls).toEqual(['ping']);
    },
  );

  it('shows the payloads of frames that lie in one chunk', () => {
    const reader = new FrameReader(() => {});
    const bytes: number[] = [];
    reader.onText = (_, start, end) => bytes.push(end - start);
    reader.read(all, 0, 200);
    reader.read(all, 200, all.length);
    expect(bytes).toEqual([0, 125, 70_000, 3]);
  });
});
