/** Outcome measures: apart, so that the list of patients does not load it. */
import { get, post, put } from './client.ts';
import type * as wire from './types.ts';

const id = encodeURIComponent;

export const outcomesApi = {
  offered: () => get<wire.OfferedMeasure[]>('/api/measures'),
  assign: (episodeId: string, assignmentId: string, measure: string) =>
    put<null>(`/api/episodes/${id(episodeId)}/measures/${id(assignmentId)}`, { measure }),
  stop: (episodeId: string, assignmentId: string) =>
    post<null>(`/api/episodes/${id(episodeId)}/measures/${id(assignmentId)}/stop`),
  answer: (episodeId: string, answerId: string) =>
    get<wire.AnswerView>(`/api/episodes/${id(episodeId)}/measure-answers/${id(answerId)}`),
  forms: () => get<wire.OwnForm[]>('/api/measure-forms'),
  bring: (file: string) => post<wire.OwnForm>('/api/measure-forms', { file }),
  retire: (key: string, retired: boolean) =>
    post<wire.OwnForm>(`/api/measure-forms/${id(key)}/retire`, { retired }),
};
