import { expect, it } from 'vitest';
import { readPreferences, rememberPreferences } from './preferences.ts';

function memory(initial?: string) {
  const stored = { text: initial ?? null };
  return () => ({
    getItem: () => stored.text,
    setItem(_key: string, text: string) {
      stored.text = text;
    },
  });
}

it('remembers one thing without forgetting the other', () => {
  const storage = memory();
  rememberPreferences(storage, { name: 'Alice' });
  rememberPreferences(storage, { cameraId: 'c1' });
  expect(readPreferences(storage)).toEqual({ name: 'Alice', cameraId: 'c1' });
});

it.each(['null', '7', '{', '{"name":7,"token":"a.b.c"}'])('reads nothing from %s', (text) => {
  expect(readPreferences(memory(text))).toEqual({});
});

it('works where storage is forbidden', () => {
  const forbidden = () => {
    throw new Error('SecurityError');
  };
  rememberPreferences(forbidden, { name: 'Alice' });
  expect(readPreferences(forbidden)).toEqual({});
});
