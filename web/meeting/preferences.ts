/** What the page remembers from one visit to the next: never a token, never a session. */
export type Preferences = {
  readonly name?: string;
  readonly microphoneId?: string;
  readonly cameraId?: string;
};

type Fields = Pick<Storage, 'getItem' | 'setItem'>;

const KEY = 'cloudmeetx.preferences';
const names = ['name', 'microphoneId', 'cameraId'] as const;

/** Reads what was remembered; nothing where storage is forbidden or holds something else. */
export function readPreferences(storage: () => Fields): Preferences {
  try {
    const stored: unknown = JSON.parse(storage().getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const known = Object.entries(stored).filter(
      ([name, value]) => names.some((other) => other === name) && typeof value === 'string',
    );
    return Object.fromEntries(known);
  } catch {
    return {};
  }
}

/** Remembers what is given besides what is remembered already. Does nothing where storage is forbidden. */
export function rememberPreferences(storage: () => Fields, changes: Preferences): void {
  try {
    storage().setItem(KEY, JSON.stringify({ ...readPreferences(storage), ...changes }));
  } catch {
    // A page that can't remember works all the same.
  }
}
