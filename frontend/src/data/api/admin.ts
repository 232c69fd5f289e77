/** What admins see of deliveries: apart, so that nobody else has to load it. */
import { get, post } from './client.ts';
import type * as wire from './types.ts';

export const adminApi = {
  page: () => get<wire.AdminPage>('/api/admin/deliveries'),
  red: () => get<{ red: wire.AdminPage['red'] }>('/api/admin/red'),
  retry: (deliveryId: string) =>
    post<null>(`/api/admin/deliveries/${encodeURIComponent(deliveryId)}/retry`),
  retryAll: () => post<{ count: number }>('/api/admin/deliveries/retry'),
};
