import { expect, test } from 'vitest';
import { deviceOf } from './install.ts';

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15';
const ANDROID = 'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/139.0 Mobile';
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/139.0';

test.each([
  [IPHONE, 5, 'ios'],
  [MAC, 5, 'ios'],
  [MAC, 0, 'desktop'],
  [ANDROID, 5, 'android'],
  [LINUX, 10, 'desktop'],
] as const)('%s with %i touch points', (userAgent, touchPoints, device) => {
  expect(deviceOf(userAgent, touchPoints, false)).toBe(device);
  expect(deviceOf(userAgent, touchPoints, true)).toBe('installed');
});
