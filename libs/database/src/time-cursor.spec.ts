import { formatCursor, parseCursor } from './time-cursor.js';

const cursor = { microseconds: '1772368259123456', id: '0199e8c8-0000-7000-8000-000000000000' };
const encode = (text: string) => Buffer.from(text).toString('base64url');

it('comes back as it was, to the microsecond', () => {
  expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
  expect(formatCursor(cursor)).toMatch(/^[\w-]+$/);
});

it.each([
  ['nothing', ''],
  ['no base64url', '!!!'],
  ['an id alone', encode(cursor.id)],
  ['something behind', encode(`${cursor.microseconds} ${cursor.id}'`)],
  ['another spelling', encode(`${cursor.microseconds} ${cursor.id.toUpperCase()}`)],
  ['a moment that never comes', encode(`${cursor.microseconds}0 ${cursor.id}`)],
  ['a fraction', encode(`1772368259.5 ${cursor.id}`)],
])('%s is refused', (_what, text) => {
  expect(parseCursor(text)).toBeNull();
});
