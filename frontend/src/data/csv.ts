/** Rows for a spreadsheet. An empty cell is "not answered", never zero. */
export type Cell = string | number | null;

export function csv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  const text = String(value ?? '');
  // A spreadsheet would run what begins like this as a formula; what looks guarded is guarded once more, so
  // that `glidepath screen` can undo it.
  const harmless = typeof value === 'string' && /^'*[=+\-@\t\r\n\0]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
