/** A text message as it goes over the wire. It belongs to nobody, so that one does for any number of sockets. */
export type TextFrame = { readonly bytes: Buffer; readonly payloadBytes: number };

const FIN_TEXT = 0x81;
const LENGTH_IN_2_BYTES = 126;
const LENGTH_IN_8_BYTES = 127;

/** Frames a text, or its UTF-8, unmasked and in one piece, as a server sends it: https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export function textFrame(text: string | Buffer): TextFrame {
  const payloadBytes = Buffer.byteLength(text);
  const headBytes = payloadBytes < LENGTH_IN_2_BYTES ? 2 : payloadBytes <= 0xffff ? 4 : 10;
  const bytes = Buffer.allocUnsafe(headBytes + payloadBytes);
  bytes[0] = FIN_TEXT;
  if (headBytes === 2) {
    bytes[1] = payloadBytes;
  } else if (headBytes === 4) {
    bytes[1] = LENGTH_IN_2_BYTES;
    bytes.writeUInt16BE(payloadBytes, 2);
  } else {
    bytes[1] = LENGTH_IN_8_BYTES;
    bytes.writeBigUInt64BE(BigInt(payloadBytes), 2);
  }
  if (typeof text === 'string') bytes.write(text, headBytes);
  else text.copy(bytes, headBytes);
  return { bytes, payloadBytes };
}
