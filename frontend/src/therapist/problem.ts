import { ApiError } from '../data/api/client.ts';
import { t } from '../i18n/index.svelte.ts';

/** A sentence about a failed request that a person can act on. Rethrows what is not ours. */
export function problem(error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  if (error.offline) return t('errors.offline');
  if (error.code === 'confirm_it_is_you') return t('therapist:problem.notConfirmed');
  if (error.status === 403) return t('therapist:problem.forbidden');
  if (error.status === 404) return t('therapist:problem.notFound');
  if (error.code === 'template_name_taken') return t('therapist:template.taken');
  if (error.code === 'screening_blocks') return t('episode:blocks');
  if (error.status === 409 || error.status === 412) return t('therapist:problem.conflict');
  // What the server refuses, it explains; when it broke, its words would not help.
  return error.status < 500 ? error.message : t('errors.server');
}
