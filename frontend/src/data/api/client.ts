/** The one place that talks to the server: every error becomes an ApiError, every 401 is announced. */
import type * as wire from './types.ts';

/** Statuses: 0 = no answer, or an answer that is not ours (a hotel's log-in page says 200 to anything). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly retryAfterSeconds: number | null = null,
    readonly errors: unknown = null,
    /** What is there now, where somebody else changed it meanwhile. */
    readonly current: unknown = null,
  ) {
    super(detail);
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

const signedOutListeners = new Set<() => void>();

/** Calls back at every 401 except a failed sign-in; returns the function that stops it. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

let attended = () => true;

/** Who knows whether somebody is there: a page that asks by itself does not keep its sign-in. */
export function attendedBy(tell: () => boolean): () => void {
  attended = tell;
  return () => (attended = () => true);
}

let confirmIdentity: (() => Promise<boolean>) | null = null;

/** Who asks the person to confirm that it is they; true: then what needed it is done again. */
export function onConfirm(ask: () => Promise<boolean>): () => void {
  confirmIdentity = ask;
  return () => (confirmIdentity = null);
}

const ANSWER_TIMEOUT_MS = 20_000;

async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  version?: number,
): Promise<T> {
  let response: Response;
  let payload: unknown = null;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...(attended() ? {} : { 'x-unattended': 'yes' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (response.status !== 204) payload = await readJson(response);
  } catch (cause) {
    throw new ApiError(0, 'no_answer', String(cause));
  }
  if (response.ok) return payload as T;
  const problem = (payload ?? {}) as {
    code?: string;
    detail?: string;
    errors?: unknown;
    current?: unknown;
  };
  if (problem.code === 'confirm_it_is_you' && confirmIdentity && (await confirmIdentity())) {
    return request(method, path, body, version);
  }
  // "no_match" and the like: what was typed is wrong, whoever is signed in.
  if (response.status === 401 && !path.endsWith('sign-in') && !problem.code?.startsWith('no_')) {
    for (const listener of signedOutListeners) listener();
  }
  throw new ApiError(
    response.status,
    problem.code ?? `http_${response.status}`,
    problem.detail ?? response.statusText,
    retryAfter(response),
    problem.errors ?? null,
    problem.current ?? null,
  );
}

async function readJson(response: Response): Promise<unknown> {
  const type = response.headers.get('content-type') ?? '';
  if (/\bjson\b/.test(type)) return response.json();
  // A proxy's 502 page has no JSON and is still an answer about our server; a 200 without it is not.
  if (response.ok) throw new Error(`expected JSON, got ${type || 'nothing'}`);
  return null;
}

function retryAfter(response: Response): number | null {
  const header = response.headers.get('retry-after');
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, (at - Date.now()) / 1000);
}

export const get = <T>(path: string) => request<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}) => request<T>('POST', path, body);
export const del = (path: string) => request<null>('DELETE', path);
/** `version`: what was seen, where two people may change the same. */
export const put = <T>(path: string, body: unknown, version?: number) =>
  request<T>('PUT', path, body, version);
export const id = encodeURIComponent;
const of = (episode: string | null) => (episode ? `?episode=${id(episode)}` : '');

/** What is done to an alert is done to the version that was seen. */
type SeenAlert = Pick<wire.Alert, 'id' | 'version'>;
const handle = (alert: SeenAlert, deed: string, body: unknown = {}) =>
  request<wire.Alert>('POST', `/api/alerts/${id(alert.id)}/${deed}`, body, alert.version);

export const api = {
  me: () => get<wire.Me>('/api/me'),
  join: (code: string, locale: wire.Language) => post<wire.Me>('/api/join', { code, locale }),
  signIn: (email: string, passphrase: string) =>
    post<wire.Me>('/api/sign-in', { email, passphrase }),
  signOut: () => post<null>('/api/sign-out'),

  waysIn: () => get<wire.WaysIn>('/api/ways-in'),
  newPasskeyOptions: () => post<wire.PasskeyOptions>('/api/passkeys/options'),
  addPasskey: (credential: object, name: string) =>
    post<wire.WaysIn>('/api/passkeys', { credential, name }),
  dropPasskey: (passkeyId: string) => del(`/api/passkeys/${id(passkeyId)}`),
  passkeySignInOptions: () => post<wire.PasskeyOptions>('/api/passkey-sign-in/options'),
  passkeySignIn: (credential: object) => post<wire.Me>('/api/passkey-sign-in', { credential }),
  makePhrase: () => post<wire.NewPhrase>('/api/phrase'),
  dropPhrase: () => del('/api/phrase'),
  phraseSignIn: (phrase: string) => post<wire.Me>('/api/phrase-sign-in', { phrase }),

  newDevices: () => get<wire.NewDevice[]>('/api/new-devices'),
  ownDevice: (deviceId: string) => post<null>(`/api/new-devices/${id(deviceId)}/own`),
  disownDevice: (deviceId: string) => post<null>(`/api/new-devices/${id(deviceId)}/disown`),

  care: () => get<wire.Care>('/api/care'),
  sync: (batch: wire.SyncRequest) => post<wire.SyncAnswer>('/api/sync', batch),
  /** All of it, or from a day on. */
  diary: (since: string | null) =>
    get<wire.Diary>(`/api/diary${since ? `?since=${id(since)}` : ''}`),
  readMessages: (readings: wire.Readings) => post<null>('/api/messages/read', readings),
  reminders: () => get<wire.Reminder>('/api/reminders'),
  saveReminders: (reminder: wire.Reminder) => put<wire.Reminder>('/api/reminders', reminder),

  triage: () => get<wire.Triage>('/api/triage'),
  /** Of the present episode, or of an earlier one. */
  patient: (patientId: string, episode: string | null = null) =>
    get<wire.PatientPage>(`/api/patients/${id(patientId)}${of(episode)}`),
  patientEntries: (patientId: string, episode: string) =>
    get<wire.Diary>(`/api/patients/${id(patientId)}/entries${of(episode)}`),
  acknowledge: (alert: SeenAlert) => handle(alert, 'acknowledge'),
  snooze: (alert: SeenAlert, until: string) => handle(alert, 'snooze', { until }),
  resolve: (alert: SeenAlert, resolution: wire.Resolution) => handle(alert, 'resolve', resolution),
  undo: (alert: SeenAlert) => handle(alert, 'undo'),
  acknowledgeAll: (alerts: readonly SeenAlert[]) =>
    post<wire.BulkResults>('/api/alerts/acknowledge', {
      alerts: alerts.map(({ id, version }) => ({ id, version })),
    }),
  alertBasis: (alertId: string) => get<wire.AlertBasis>(`/api/alerts/${id(alertId)}/basis`),
  /** What stands of it: null once it is taken back. */
  saveAssessment: (episodeId: string, assessmentId: string, body: wire.AssessmentBody) =>
    put<wire.Assessment | null>(
      `/api/episodes/${id(episodeId)}/assessments/${id(assessmentId)}`,
      body,
    ),
  colleagues: () => get<wire.Colleague[]>('/api/colleagues'),
  diaryFile: (patientId: string) =>
    post<wire.DiaryFile>(`/api/patients/${id(patientId)}/diary-file`),
  team: (patientId: string) => get<wire.Team>(`/api/patients/${id(patientId)}/team`),
  addToTeam: (patientId: string, accountId: string) =>
    put<null>(`/api/patients/${id(patientId)}/team/${id(accountId)}`, {}),
  removeFromTeam: (patientId: string, accountId: string) =>
    del(`/api/patients/${id(patientId)}/team/${id(accountId)}`),
  handOver: (patientId: string, body: wire.HandOver) =>
    post<null>(`/api/patients/${id(patientId)}/hand-over`, body),
  handOverAll: (from_id: string, to_id: string) =>
    post<{ patients: number }>('/api/caseload/hand-over-all', { from_id, to_id }),
  covers: () => get<wire.Cover[]>('/api/covers'),
  saveCover: (coverId: string, body: wire.CoverBody) =>
    put<wire.Cover>(`/api/covers/${id(coverId)}`, body),
  endCover: (coverId: string) => post<wire.Cover>(`/api/covers/${id(coverId)}/end`),
  exercises: () => get<wire.OfferedExercise[]>('/api/exercises'),
  savePatient: (patientId: string, draft: wire.PatientDraft) =>
    put<wire.PatientPage>(`/api/patients/${id(patientId)}`, draft),
  invite: (patientId: string) =>
    post<wire.Invitation>(`/api/patients/${id(patientId)}/invitations`),
  savePlan: (episodeId: string, versionId: string, draft: wire.PlanDraft) =>
    put<wire.Plan>(`/api/episodes/${id(episodeId)}/plan-versions/${id(versionId)}`, draft),
};
