/** How staff are told of alerts: apart, so that no phone has to load it. */
import { get, post, put } from './client.ts';
import type * as wire from './types.ts';

export const noticesApi = {
  notices: () => get<wire.Notices>('/api/notices'),
  saveNotices: (body: wire.NoticeBody, version: number) =>
    put<wire.Notices>('/api/notices', body, version),
  tryOut: () => post<wire.NoticeTry[]>('/api/notices/tries'),
  tries: () => get<wire.NoticeTry[]>('/api/notices/tries'),
  keptMails: () => get<wire.KeptMails>('/api/mails'),
};
