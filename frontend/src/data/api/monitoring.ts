/** Remote monitoring: apart, since there is none of it but in the United States. */
import { get, id, post, put } from './client.ts';
import type * as wire from './types.ts';

const of = (episodeId: string, what: string, whatId: string): string =>
  `/api/episodes/${id(episodeId)}/monitoring-${what}/${id(whatId)}`;

export const monitoringApi = {
  setting: () => get<wire.MonitoringSetting>('/api/monitoring'),
  switch: (on: boolean, version: number) =>
    put<wire.MonitoringSetting>('/api/monitoring', { on }, version),
  license: (accountId: string, licence: wire.Licence | null) =>
    put<wire.MonitoringSetting>(`/api/monitoring/licences/${id(accountId)}`, { licence }),
  worklist: () => get<wire.Worklist>('/api/monitoring/worklist'),
  page: (patientId: string) =>
    get<wire.MonitoringPage>(`/api/patients/${id(patientId)}/monitoring`),
  record: (episodeId: string, recordId: string, body: wire.MonitoringRecordBody) =>
    put<wire.MonitoringRecord[]>(of(episodeId, 'records', recordId), body),
  clock: () => get<wire.OwnClock>('/api/monitoring-timer'),
  start: (episodeId: string, timerId: string) =>
    put<wire.Timer>(of(episodeId, 'timers', timerId), {}),
  active: (timerId: string) => post<wire.Timer>(`/api/monitoring-timers/${id(timerId)}/active`),
  /** Without a note its time is thrown away. */
  stop: (timerId: string, note: string | null) =>
    post<wire.MonitoringWork[]>(`/api/monitoring-timers/${id(timerId)}/stop`, { note }),
  correct: (
    episodeId: string,
    workId: string,
    body: { revises: string; withdrawn: boolean; seconds: number; note: string },
  ) => put<wire.MonitoringWork>(of(episodeId, 'work', workId), body),
  close: (
    episodeId: string,
    closingId: string,
    body: { kind: 'period' | 'month'; first_on: string; amends: string | null },
  ) => put<wire.MonitoringClosing>(of(episodeId, 'closings', closingId), body),
  evidence: (episodeId: string, closingId: string, notes: boolean) =>
    post<wire.EvidenceFile>(`${of(episodeId, 'closings', closingId)}/evidence`, { notes }),
};
