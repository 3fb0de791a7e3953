import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const width = 320;
const height = 180;

/**
 * Writes what a camera is to show: a blue that moves, where Chromium's own fakes are green, so that one can be told from
 * a screen. Small, since two cores encode and decode it for everybody. Returns the file, and what removes it.
 */
export function writeCameraFile(): { readonly path: string; readonly remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'cloudmeetx-camera-'));
  const path = join(folder, 'camera.y4m');
  // https://wiki.multimedia.cx/index.php/YUV4MPEG2: planes of Y, Cb and Cr, these two at half the size.
  const header = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`);
  const frames = Array.from({ length: 10 }, (_, index) => {
    const brightness = Buffer.alloc(width * height, 50 + 4 * index);
    const blue = Buffer.alloc((width * height) / 4, 220);
    const red = Buffer.alloc((width * height) / 4, 100);
    return Buffer.concat([Buffer.from('FRAME\n'), brightness, blue, red]);
  });
  writeFileSync(path, Buffer.concat([header, ...frames]));
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
