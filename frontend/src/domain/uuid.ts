/** UUIDv7 (RFC 9562): 48 bits of milliseconds, then a counter that keeps ids of one millisecond in order. */

let lastMs = 0;
let counter = 0;

export function uuid7(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  // A clock that was set back must not make ids that sort before the ones already given out.
  if (now > lastMs) {
    lastMs = now;
    // Start low, so that 2^11 more ids fit before the counter's 12 bits run over into the next millisecond.
    counter = ((random[0]! << 8) | random[1]!) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs += 1;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const version = (0x7000 | counter).toString(16);
  random[2] = 0x80 | (random[2]! & 0x3f);
  const rest = Array.from(random.subarray(2), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
