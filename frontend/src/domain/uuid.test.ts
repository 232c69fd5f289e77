import { expect, test } from 'vitest';
import { uuid7 } from './uuid.ts';

test('an id has the shape of a version 7 UUID and begins with its millisecond', () => {
  const at = Date.now() + 1_000;
  const id = uuid7(at);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
});

test('ids made in one millisecond differ and sort in the order they were made', () => {
  const at = Date.now() + 10_000;
  const ids = Array.from({ length: 10_000 }, () => uuid7(at));
  expect(new Set(ids).size).toBe(ids.length);
  expect([...ids].sort()).toEqual(ids);
});

test('a clock set back does not break the order', () => {
  const at = Date.now() + 100_000;
  const before = uuid7(at);
  expect(uuid7(at - 60_000) > before).toBe(true);
});
