import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './App.tsx';
import { Devices } from './devices/Devices.ts';
import { createMeter, type Meter } from './devices/meter.ts';
import { pageClock } from './meeting/clock.ts';
import { type PageConfig, parseConfig } from './meeting/config.ts';
import { connect } from './meeting/connect.ts';
import { obstacleNotice } from './meeting/failures.ts';
import {
  type Invitation,
  invitationLink,
  parseInvitation,
  proposeMeetingName,
} from './meeting/invitation.ts';
import { MeetingPage } from './meeting/MeetingPage.ts';
import { readPreferences, rememberPreferences } from './meeting/preferences.ts';
import { fetchToken, isHealthy } from './meeting/server.ts';
import { texts } from './texts.ts';
import './ui/base.css';
import './ui/controls.css';
import './lobby/lobby.css';
import './call/call.css';
import './call/panels.css';

const storage = () => localStorage;

async function main(root: HTMLElement): Promise<void> {
  const config = await readConfig();
  if (!config) {
    const { title, advice } = obstacleNotice('no-config');
    render(
      <main class="card-page">
        <div class="card">
          <h1>{title}</h1>
          <p>{advice}</p>
        </div>
      </main>,
      root,
    );
    return;
  }
  const invitation = takeInvitation();
  const preferences = readPreferences(storage);
  const devices = new Devices(navigator.mediaDevices, preferences);
  const page = new MeetingPage({
    ...{ config, devices, connect, fetchToken, isHealthy },
    token: invitation.token,
    ownLevel: measure(devices),
    userId: madeUpId(),
    clock: pageClock,
    random: Math.random,
  });
  const visit = {
    name: invitation.name ?? preferences.name ?? '',
    meetingId: invitation.meetingId ?? proposeMeetingName(Math.random),
    rememberDevice: (kind: 'microphone' | 'camera', deviceId: string) =>
      rememberPreferences(storage, { [`${kind}Id`]: deviceId }),
    onJoin: ({ name, meetingId }: { readonly name: string; readonly meetingId: string }) => {
      if (name) rememberPreferences(storage, { name });
      history.replaceState(history.state, '', invitationLink(location.href, meetingId));
    },
  };
  // Another invitation was opened in this tab.
  addEventListener('hashchange', () => location.reload());
  render(<App page={page} visit={visit} />, root);
  if (!page.obstacle) await devices.start();
}

async function readConfig(): Promise<PageConfig | undefined> {
  try {
    const response = await fetch('config.json', { cache: 'no-store' });
    return parseConfig(await response.json(), new URL(location.href));
  } catch (error) {
    console.error('config.json:', error);
    return undefined;
  }
}

/**
 * Reads the link that was opened. Its token leaves the address, where it would be copied and seen by whom one shares the
 * screen with; the tab keeps it, so that the page can be loaded again.
 */
function takeInvitation(): Invitation {
  const { meetingId, name, token } = parseInvitation(location.hash);
  if (token) {
    const fields = new URLSearchParams({ ...(meetingId && { meeting: meetingId }), ...(name && { name }) });
    history.replaceState({ token }, '', `#${fields}`);
  }
  const kept: unknown = history.state;
  const isKept =
    typeof kept === 'object' && kept !== null && 'token' in kept && typeof kept.token === 'string';
  return { meetingId, name, token: token ?? (isKept ? String(kept.token) : undefined) };
}

/** Follows the microphone that is in use. */
function measure(devices: Devices): () => number {
  let meter: Meter | undefined;
  effect(() => {
    const track = devices.microphone.track.value;
    meter?.close();
    meter = track ? createMeter(track) : undefined;
  });
  return () => meter?.level() ?? 0;
}

/** Without HTTPS there is no `crypto.randomUUID`. */
function madeUpId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((number) => number.toString(36)).join('');
}

const root = document.getElementById('page');
document.title = texts.product;
if (root) void main(root);
