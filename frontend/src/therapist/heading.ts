/** Moves focus to a page's heading when the page appears, so that a screen reader begins there. */
export function heading(node: HTMLElement): void {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
}
