/** The mask of all frames: not zero, since some servers spare themselves unmasking then. */
export const HEADER_MASK = Buffer.from([0x37, 0xfa, 0x21, 0x3d]);

/** A text as a masked frame, and where its payload begins. */
export function frameOf(text: string): { readonly frame: Buffer; readonly payloadAt: number } {
  const payload = Buffer.from(text).map((byte, index) => byte ^ (HEADER_MASK[index & 3] ?? 0));
  const length =
    payload.length < 126
      ? Buffer.from([0x80 | payload.length])
      : Buffer.from([0x80 | 126, payload.length >> 8, payload.length & 255]);
  if (payload.length > 65_535) throw new RangeError('a frame of the generator has at most 65,535 bytes');
  const frame = Buffer.concat([Buffer.from([0x81]), length, HEADER_MASK, payload]);
  return { frame, payloadAt: frame.length - payload.length };
}

/** A pong without content. */
export const pong = Buffer.concat([Buffer.from([0x8a, 0x80]), HEADER_MASK]);
