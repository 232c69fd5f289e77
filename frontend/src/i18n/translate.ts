/**
 * Looks up texts in the i18next-v4 shape that translators know: {{name}} stands for a value, and the ending
 * _zero, _one, _many or _other of a key for the plural of `count`. i18next itself would be a third of the first load.
 */

export interface Texts {
  [key: string]: string | Texts;
}
export type Values = Record<string, string | number | null>;

type Plural = 'zero' | 'one' | 'two' | 'few' | 'many' | 'other';
type Base<Key extends string> = Key extends `${infer Name}_${Plural}` ? Name : Key;

/** All keys of a file of texts, with dots between the levels and without the endings of plurals. */
export type KeyOf<T, Prefix extends string = ''> = {
  [Key in keyof T & string]: T[Key] extends string
    ? `${Prefix}${Base<Key>}`
    : KeyOf<T[Key], `${Prefix}${Key}.`>;
}[keyof T & string];

const rules = new Map<string, Intl.PluralRules>();

function pluralOf(language: string, count: number): string {
  let ofLanguage = rules.get(language);
  if (!ofLanguage) rules.set(language, (ofLanguage = new Intl.PluralRules(language)));
  return ofLanguage.select(count);
}

/** The text for `key`, or the key itself: a gap in a translation must be seen, not crash a screen. */
export function translate(
  texts: Texts,
  language: string,
  key: string,
  values: Values = {},
): string {
  const text = endings(language, values.count)
    .map((ending) => find(texts, key + ending))
    .find((found) => found !== undefined);
  return (text ?? key).replace(/\{\{(\w+)\}\}/g, (hole, name: string) =>
    String(name in values ? (values[name] ?? '') : hole),
  );
}

/** What to try, best first. A file may have its own words for 0 in any language. */
function endings(language: string, count: Values[string] | undefined): string[] {
  if (typeof count !== 'number') return [''];
  return [...(count === 0 ? ['_zero'] : []), `_${pluralOf(language, count)}`, '_other', ''];
}

function find(texts: Texts, key: string): string | undefined {
  let at: string | Texts | undefined = texts;
  for (const part of key.split('.')) at = typeof at === 'object' ? at[part] : undefined;
  return typeof at === 'string' ? at : undefined;
}
