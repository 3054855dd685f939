import { closeSchema } from './close-schema.js';

const open = { type: 'object', properties: { id: { type: 'string' } } };
const closed = { ...open, additionalProperties: false };

it.each([
  ['an object', open, closed],
  ['an object in a list', { type: 'array', items: open }, { type: 'array', items: closed }],
  ['an object in a map', { additionalProperties: open }, { additionalProperties: closed }],
  ['an object or null', { anyOf: [open, { type: 'null' }] }, { anyOf: [closed, { type: 'null' }] }],
  [
    'an object in an object',
    { type: 'object', properties: { inner: open } },
    { type: 'object', properties: { inner: closed }, additionalProperties: false },
  ],
])('closes %s', (_what, schema, expected) => {
  expect(closeSchema(schema)).toEqual(expected);
});

it('leaves open what says so, and what names no members', () => {
  for (const schema of [
    { ...open, additionalProperties: true },
    { type: 'object', additionalProperties: true },
    { type: 'string' },
    { $ref: '#/components/schemas/Subject' },
  ])
    expect(closeSchema(schema)).toEqual(schema);
});

it('writes examples as OpenAPI 3.1 does, and looks for no schema in them', () => {
  const example = { properties: { id: { type: 'x' } } };
  expect(closeSchema({ type: 'object', example })).toEqual({ type: 'object', examples: [example] });
  expect(closeSchema({ type: 'string', example: null })).toEqual({ type: 'string', examples: [null] });
});
