import type { FirstAdmin } from '../../data/api/types.ts';
import { t } from '../../i18n/index.svelte.ts';

export interface Missing {
  target: string;
  text: string;
}

/** What has to be typed before the admin can be invited; `prefix` stands before the ids of the fields. */
export function missingOf(admin: FirstAdmin, prefix: string): Missing[] {
  const found: Missing[] = [];
  if (!admin.name.trim())
    found.push({ target: `${prefix}-name`, text: t('operator:missingAdmin') });
  if (!/^[^\s@]+@[^\s@]+$/.test(admin.email.trim())) {
    found.push({ target: `${prefix}-email`, text: t('operator:missingEmail') });
  }
  return found;
}

export const trimmed = (admin: FirstAdmin): FirstAdmin => ({
  ...admin,
  name: admin.name.trim(),
  email: admin.email.trim(),
});
