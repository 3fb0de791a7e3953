import { expect, it } from 'vitest';
import { shortcutOf } from './shortcuts.ts';

const press = { key: 'm', ctrlKey: false, metaKey: false, altKey: false, repeat: false, target: null };
const element = (fields: object) => Object.assign(new EventTarget(), fields);

it('takes a letter, whatever its case', () => {
  expect(shortcutOf({ ...press, key: 'M' })).toBe('m');
  expect(shortcutOf({ ...press, target: element({ tagName: 'BUTTON' }) })).toBe('m');
});

it.each([
  [{ ctrlKey: true }],
  [{ metaKey: true }],
  [{ altKey: true }],
  [{ repeat: true }],
  [{ key: 'Escape' }],
  [{ target: element({ tagName: 'INPUT' }) }],
  [{ target: element({ tagName: 'TEXTAREA' }) }],
  [{ target: element({ tagName: 'DIV', isContentEditable: true }) }],
])('leaves %j alone', (given) => {
  expect(shortcutOf({ ...press, ...given })).toBeUndefined();
});
