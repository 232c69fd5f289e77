/** How large the reader wants the text on this device: a factor on top of the browser's own setting. */

export const TEXT_SIZES = ['normal', 'large', 'larger'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];

const STORED = 'glidepath.textSize';

export function keptTextSize(): TextSize {
  return TEXT_SIZES.find((size) => size === localStorage.getItem(STORED)) ?? 'normal';
}

export function useTextSize(size: TextSize): void {
  localStorage.setItem(STORED, size);
  showTextSize();
}

/** What the sizes measure stands with the other sizes, in tokens.css. */
export function showTextSize(): void {
  document.documentElement.dataset.textSize = keptTextSize();
}
