import { describe, expect, it } from 'vitest';
import { FakeMedia } from '../testing/FakeMedia.ts';
import { Devices } from './Devices.ts';

async function started(answers: Partial<FakeMedia['answers']> = {}) {
  const media = new FakeMedia();
  Object.assign(media.answers, answers);
  const devices = new Devices(media, {});
  await devices.start();
  return { media, devices };
}
const statesOf = ({ microphone, camera }: Devices) => [microphone.state.value, camera.state.value];

describe('Devices', () => {
  it('asks the person once for both', async () => {
    const { media, devices } = await started();
    expect(media.asked).toHaveLength(1);
    expect(statesOf(devices)).toEqual([{ status: 'on' }, { status: 'on' }]);
    expect(devices.list.value.microphones).toHaveLength(2);
  });

  it.each([
    ['NotAllowedError', 'denied'],
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
  ] as const)('has the microphone all the same when the camera answers %s', async (answer, problem) => {
    const { devices } = await started({ video: answer });
    expect(statesOf(devices)).toEqual([{ status: 'on' }, { status: 'failed', problem }]);
  });

  it('says that it takes HTTPS where the browser has no devices', async () => {
    const devices = new Devices(undefined, {});
    await devices.start();
    await devices.camera.turnOn();
    expect(statesOf(devices)).toEqual(Array(2).fill({ status: 'failed', problem: 'insecure' }));
    expect(devices.screen.isPossible).toBe(false);
  });

  it('mutes the microphone, and stops the camera so that its light goes out', async () => {
    const { media, devices } = await started();
    devices.microphone.turnOff();
    devices.camera.turnOff();
    expect(media.live('audio')).toMatchObject([{ enabled: false }]);
    expect(media.live('video')).toEqual([]);
    expect(devices.camera.track.value).toBeNull();
    await devices.microphone.toggle();
    expect(media.live('audio')).toMatchObject([{ enabled: true }]);
    expect(media.asked).toHaveLength(1);
  });

  it('leaves no camera running that was turned off before the browser gave it', async () => {
    const media = new FakeMedia();
    const devices = new Devices(media, {});
    const turning = devices.camera.turnOn();
    devices.camera.turnOff();
    await turning;
    expect(media.live('video')).toEqual([]);
    expect(devices.camera.state.value).toEqual({ status: 'off' });
  });

  it('takes another microphone when one is unplugged, but no other camera', async () => {
    const { media, devices } = await started();
    for (const track of [...media.tracks]) track.end();
    await new Promise((resolve) => setImmediate(resolve));
    expect(statesOf(devices)).toEqual([{ status: 'on' }, { status: 'failed', problem: 'unplugged' }]);
    expect(media.live('audio')).toHaveLength(1);
  });

  it('asks for the device that was chosen, and gives the other back', async () => {
    const { media, devices } = await started();
    await devices.microphone.choose('m2');
    expect(media.asked.at(-1)).toMatchObject({ audio: { deviceId: { ideal: 'm2' } } });
    expect(media.live('audio')).toHaveLength(1);
  });

  it('notices that sharing was stopped by the browser’s own button', async () => {
    const { media, devices } = await started();
    await devices.screen.start();
    expect(devices.screen.track.value).not.toBeNull();
    media.live('screen')[0]?.end();
    expect(devices.screen.track.value).toBeNull();
  });

  it('has no problem with who closes the dialog for choosing a screen', async () => {
    const { devices } = await started({ screen: 'NotAllowedError' });
    await devices.screen.start();
    expect(devices.screen.problem.value).toBeUndefined();
  });

  it('gives everything back', async () => {
    const { media, devices } = await started();
    await devices.screen.start();
    devices.close();
    expect(media.tracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
  });
});
