import { ApiError } from '../../data/api/client.ts';
import { t } from '../../i18n/index.svelte.ts';
import { problem } from '../problem.ts';

const CODES = ['invited', 'name_taken', 'clinic_begun'] as const;

export function clinicProblem(error: unknown): string {
  const code = error instanceof ApiError && CODES.find((one) => one === error.code);
  return code ? t(`operator:errors.${code}`) : problem(error);
}
