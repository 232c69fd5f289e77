/** Where the account is signed in: apart, since few look. */
import { del, get, id, post } from './client.ts';
import type * as wire from './types.ts';

export const devicesApi = {
  devices: () => get<{ devices: wire.Device[] }>('/api/devices'),
  end: (deviceId: string) => del(`/api/devices/${id(deviceId)}`),
  endOthers: () => post<{ count: number }>('/api/devices/end-others'),
};
