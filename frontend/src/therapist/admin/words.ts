import { t } from '../../i18n/index.svelte.ts';

const KNOWN = [
  'mail_is_off',
  'no_address',
  'bad_address',
  'smtp_unreachable',
  'smtp_timeout',
  'smtp_dropped',
  'smtp_tls',
  'push_is_off',
  'no_browser',
] as const;

/** Why a delivery failed, as half a sentence. What is not known by name is at least shown. */
export function whyWords(code: string | null): string {
  const known = KNOWN.find((one) => one === code);
  if (known) return t(`admin:code.${known}`);
  const status = /^(smtp|push)_(\d{3})$/.exec(code ?? '');
  if (status?.[2])
    return t(`admin:code.${status[1] === 'smtp' ? 'smtp' : 'push'}_refused`, { code: status[2] });
  return t('admin:code.other', { code });
}

const FAILURES = [
  'never',
  'stopped',
  'database',
  'web',
  'sync',
  'detector',
  'live',
  'delivery',
] as const;

export function failureWords(failure: string): string {
  const known = FAILURES.find((one) => one === failure) ?? 'stopped';
  return t(`admin:installation.failure.${known}`);
}

const CAUSES = [
  'raised',
  'escalated',
  'digest',
  'test',
  'new_device',
  'invitation',
  'reset',
  'new_address',
  'address_changed',
  'passphrase_changed',
  'second_factor_reset',
  'emergency_opened',
  'many_records',
  'second_factor_changed',
  'recovery_code_used',
] as const;

export function causeWords(cause: string): string {
  const known = CAUSES.find((one) => one === cause);
  return known ? t(`admin:cause.${known}`) : cause;
}

export function channelWords(channel: string): string {
  const known = (['push', 'email', 'webhook'] as const).find((one) => one === channel);
  return known ? t(`admin:channel.${known}`) : channel;
}
