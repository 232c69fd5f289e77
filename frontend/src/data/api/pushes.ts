/** Pushes, and the clinic's webhook. */
import { del, get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

export const pushesApi = {
  mine: () => get<wire.Push>('/api/push'),
  subscribe: (subscription: PushSubscriptionJSON) =>
    put<wire.PushBrowser>('/api/push-subscriptions', subscription),
  drop: (browserId: string) => del(`/api/push-subscriptions/${id(browserId)}`),
  where: (notificationId: string) => get<wire.Where>(`/api/notifications/${id(notificationId)}`),

  webhook: () => get<wire.Webhook>('/api/webhook'),
  saveWebhook: (url: string, new_secret = false) =>
    put<wire.Webhook>('/api/webhook', { url, new_secret }),
  dropWebhook: () => del('/api/webhook'),
  tryWebhook: () => post<null>('/api/webhook/test'),
};
