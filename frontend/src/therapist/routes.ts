/** Which screen an address opens, and what it is given. Each is loaded when somebody first goes there. */
import type { Component } from 'svelte';
import { match } from '../app/router.svelte.ts';
import type { Me } from '../data/api/types.ts';
import { loadTexts } from '../i18n/index.svelte.ts';

type Namespaces = Parameters<typeof loadTexts>;
type Params = Record<string, string>;
/** `recovered`: a code on paper was used, so that there is something to be set up anew. */
interface Given {
  me: Me;
  recovered: boolean;
}

interface Screen {
  paths: readonly string[];
  load: () => Promise<Component>;
  props: (params: Params, given: Given) => Record<string, unknown>;
}

export interface Found {
  screen: Screen;
  params: Params;
  /** Whose page it is: another one's begins anew, and so does another episode's. */
  key: string;
}

function screen<Props extends Record<string, unknown>>(
  path: string | readonly string[],
  part: () => Promise<{ default: Component<Props> }>,
  texts: Namespaces,
  props: (params: Params, given: Given) => Props,
): Screen {
  return {
    paths: typeof path === 'string' ? [path] : path,
    load: async () => {
      const [loaded] = await Promise.all([part(), loadTexts(...texts)]);
      return loaded.default as Component;
    },
    props,
  };
}

const nothing = (): Record<string, never> => ({});
const ofMe = (_: Params, { me }: Given) => ({ me });
const ofPatient = ({ id = '' }: Params) => ({ patientId: id });

const screens: readonly Screen[] = [
  screen(
    '/therapist/new',
    () => import('./new/NewPatient.svelte'),
    [],
    (_, { me }) => ({
      clinic: me.clinic,
    }),
  ),
  screen('/therapist/caseload', () => import('./caseload/Caseload.svelte'), [], ofMe),
  screen('/therapist/exercises', () => import('./exercises/Exercises.svelte'), ['own'], nothing),
  screen('/therapist/forms', () => import('./outcomes/Forms.svelte'), ['outcomes'], nothing),
  screen('/therapist/imports', () => import('./imports/Imports.svelte'), ['imports'], nothing),
  screen('/therapist/admin', () => import('./admin/Admin.svelte'), ['admin'], nothing),
  screen('/therapist/quality', () => import('./quality/Quality.svelte'), ['quality'], nothing),
  screen(
    '/therapist/sensitivity',
    () => import('./sensitivity/Sensitivity.svelte'),
    ['quality'],
    ofMe,
  ),
  screen('/therapist/notices', () => import('./notices/Notices.svelte'), ['notices', 'push'], ofMe),
  screen('/therapist/mails', () => import('./notices/Mails.svelte'), ['notices'], nothing),
  screen(
    '/therapist/notified/:id',
    () => import('./notices/Opened.svelte'),
    ['push'],
    ({ id = '' }) => ({ id }),
  ),
  screen(
    '/therapist/ways-in',
    () => import('./second/Ways.svelte'),
    ['second'],
    (_, { recovered }) => ({ recovered }),
  ),
  screen('/therapist/policy', () => import('./policy/Policy.svelte'), ['policy'], ofMe),
  screen('/therapist/staff', () => import('./account/Staff.svelte'), ['account'], ofMe),
  screen(
    '/therapist/account',
    () => import('./account/MyAccount.svelte'),
    ['account', 'devices'],
    nothing,
  ),
  screen(
    '/therapist/emergencies',
    () => import('./emergency/Emergencies.svelte'),
    ['emergency'],
    ofMe,
  ),
  screen(
    '/therapist/monitoring',
    () => import('./monitoring/Worklist.svelte'),
    ['monitoring'],
    ofMe,
  ),
  screen(
    '/therapist/patients/:id/monitoring',
    () => import('./monitoring/Monitored.svelte'),
    ['monitoring'],
    ofPatient,
  ),
  screen(
    '/therapist/patients/:id/looks',
    () => import('./looks/Looks.svelte'),
    ['looks'],
    ofPatient,
  ),
  screen(
    ['/therapist/patients/:id/plan', '/therapist/patients/:id/plan/:proposal'],
    () => import('./plan/PlanEditor.svelte'),
    ['patient', 'exercise', 'episode'],
    ({ id = '', proposal }) => ({ patientId: id, proposalId: proposal }),
  ),
  screen(
    '/therapist/patients/:id/screening',
    () => import('./episode/ScreeningPage.svelte'),
    ['episode'],
    ofPatient,
  ),
  screen(
    '/therapist/patients/:id/new-episode',
    () => import('./episode/NewEpisode.svelte'),
    ['episode'],
    ofPatient,
  ),
  screen(
    [
      '/therapist/patients/:id',
      '/therapist/patients/:id/alerts/:alert',
      '/therapist/patients/:id/episodes/:episode',
    ],
    () => import('./patient/Patient.svelte'),
    [],
    ({ id = '', alert = null, episode = null }: Record<string, string | null>) => ({
      id: id ?? '',
      alert,
      episode,
    }),
  ),
];

/** An operator looks after the installation and their own account; no page of a clinic is theirs. */
export const OPERATOR = '/operator';
const operators = screen(
  OPERATOR,
  () => import('./operator/Operator.svelte'),
  ['operator', 'account'],
  nothing,
);
export const OF_OPERATORS: readonly string[] = [
  OPERATOR,
  '/therapist/account',
  '/therapist/ways-in',
];

export function find(path: string, isOperator: boolean): Found | null {
  for (const one of isOperator ? [operators, ...screens] : screens) {
    for (const pattern of one.paths) {
      const params = match(pattern, path);
      const key = params && `${params.id} ${params.episode}`;
      if (params && key) return { screen: one, params, key };
    }
  }
  return null;
}
