import type { ClosedReason, MeetingError } from '../../src/client/index.ts';
import type { DeviceProblem } from '../devices/problemOf.ts';

/** What happened, and what to do about it: sentences for a person. */
export type Notice = { readonly title: string; readonly advice: string };

/** Why one is not in the meeting any more. `next`: what the page offers besides its start. */
export type Ending = Notice & { readonly next: 'rejoin' | 'try-again' | 'none' };

/**
 * Why joining takes long. `unreachable`: no server answers. `refuses`: it is up, and lets nobody connect. `expired`: it is
 * up, and doesn't take the token. `expired-or-unreachable`: a browser can't tell these apart, and neither could the page.
 * `no-sign-in`: there is no token to be had.
 */
export type Trouble = 'unreachable' | 'refuses' | 'expired' | 'expired-or-unreachable' | 'no-sign-in';

/** Why the page has nothing to join with. */
export type Obstacle = 'no-token' | 'no-config' | 'no-webrtc';

const askForLink = 'Ask whoever invited you for a new link, and open that.';

const troubles: Readonly<Record<Trouble, Notice>> = {
  unreachable: {
    title: 'The server can’t be reached',
    advice: 'Check your internet connection. We keep trying, and you join as soon as it answers.',
  },
  refuses: {
    title: 'The server doesn’t let this page in',
    advice:
      'It is up, but refuses the connection. Ask whoever runs it whether this page’s address may connect (ALLOWED_ORIGINS).',
  },
  expired: {
    title: 'Your invitation has expired',
    advice: `The server doesn’t accept it any more. ${askForLink}`,
  },
  'expired-or-unreachable': {
    title: 'You couldn’t be let in',
    advice:
      'Either your invitation has expired or the server can’t be reached. Check your internet connection; if that works, ask for a new link.',
  },
  'no-sign-in': {
    title: 'You couldn’t be signed in',
    advice: 'Sign in to the site that you came from, then try again here.',
  },
};

const obstacles: Readonly<Record<Obstacle, Notice>> = {
  'no-token': {
    title: 'You need an invitation',
    advice:
      'This server asks who you are, and the link that you opened doesn’t say. Ask for a personal link, and open that.',
  },
  'no-config': {
    title: 'This page isn’t set up',
    advice: 'It can’t read its config.json. Reload the page; if that doesn’t help, tell whoever runs it.',
  },
  'no-webrtc': {
    title: 'Your browser can’t make calls',
    advice:
      'WebRTC is missing or switched off. Use a current Chrome, Edge, Firefox or Safari; you can join to read and write now.',
  },
};

const endings: Readonly<Record<ClosedReason, Ending>> = {
  left: { title: 'You left the meeting', advice: 'Your microphone and camera are off.', next: 'rejoin' },
  closed: {
    title: 'The meeting is over for you',
    advice: 'Your microphone and camera are off.',
    next: 'rejoin',
  },
  removed: {
    title: 'You were removed from the meeting',
    advice: 'A host removed you. You can come back later; if it was a mistake, ask the host.',
    next: 'try-again',
  },
  replaced: {
    title: 'You joined somewhere else',
    advice:
      'You have this meeting open in too many tabs or devices. Go on there, or close some and rejoin here.',
    next: 'rejoin',
  },
  full: {
    title: 'The meeting is full',
    advice: 'Wait until somebody has left, then try again.',
    next: 'try-again',
  },
  locked: {
    title: 'The meeting is locked',
    advice: 'Ask its host to unlock it, then try again.',
    next: 'try-again',
  },
  'not-allowed': {
    title: 'You can’t join this meeting',
    advice: 'Your invitation is for another meeting. Ask for a link to this one.',
    next: 'none',
  },
  refused: {
    title: 'The server refused you',
    advice:
      'The meeting’s name, your name or your invitation isn’t as it must be. Correct it, and try again.',
    next: 'none',
  },
};

const devices = {
  ...{ microphone: 'microphone', camera: 'camera', screen: 'screen' },
  both: 'microphone and camera',
} as const;

const deviceNotices: Readonly<Record<DeviceProblem, (device: string) => Notice>> = {
  denied: (device) => ({
    title: `Your browser blocks the ${device}`,
    advice: `Allow the ${device} by the icon beside the page’s address, then press the button again. You can also go on without.`,
  }),
  missing: (device) => ({
    title: `No ${device} found`,
    advice: 'Plug one in and press its button again, or go on without.',
  }),
  busy: (device) => ({
    title: `Another program uses the ${device}`,
    advice: 'Close that program, then press the button again.',
  }),
  insecure: (device) => ({
    title: `No ${device} without HTTPS`,
    advice: 'Open this page by an address that starts with https://. You can join to listen and write now.',
  }),
  unplugged: (device) => ({
    title: `You have lost your ${device}`,
    advice: 'It was unplugged or taken away. Plug it in or choose another, then press the button again.',
  }),
  failed: (device) => ({
    title: `There was a problem with the ${device}`,
    advice: 'Unplug it or restart the browser, then press the button again.',
  }),
};

/** What to say when a device can't be had. */
export const deviceNotice = (device: keyof typeof devices, problem: DeviceProblem): Notice =>
  deviceNotices[problem](devices[device]);

/** What to say when joining takes long. */
export const troubleNotice = (trouble: Trouble): Notice => troubles[trouble];

/** What to say when there is nothing to join with. */
export const obstacleNotice = (obstacle: Obstacle): Notice => obstacles[obstacle];

/** What to say when it is over. What the server said of a refusal goes with it. */
export function endingOf(reason: ClosedReason, error?: MeetingError): Ending {
  const ending = endings[reason];
  if (reason === 'refused' && error) return { ...ending, advice: `${ending.advice} (${error.message})` };
  return ending;
}

/** What to say when the server doesn't take one's token. */
export const expiredEnding: Ending = { ...troubles.expired, next: 'none' };

/** Why something that was asked for in the call was not done, in a sentence. */
export function requestSentence({ code }: Pick<MeetingError, 'code'>): string {
  return requestSentences[code] ?? 'That didn’t work. Try again.';
}

const requestSentences: Readonly<Record<string, string>> = {
  hosts_only: 'Only a host can do this.',
  target_not_found: 'They have left already.',
  rate_limited: 'That was too much at once. Wait a moment, then try again.',
  observers_only_listen: 'You are here to listen: observers can’t write to everyone.',
  message_too_large: 'This message is too long. Shorten it, and send it again.',
  queue_full: 'Too many messages wait to be sent. Try again when the connection is back.',
  not_connected: 'There is no connection. Try again when it is back.',
  connection_lost: 'The connection was lost. Try again.',
  no_reply: 'The server didn’t answer. Try again.',
  internal_error: 'The server failed. Try again in a moment.',
};
