/** How the rule tables are read; backend/glidepath/clinical/tables.py reads them the same way. */

export type Value = string | boolean | null;
export type Fact = Value | readonly string[];

/** Holds when the fact has at least one of these values. */
export interface Clause {
  fact: string;
  any_of: readonly Value[];
}

export interface Texts {
  en: string;
  es: string;
}

/** An empty list is the answer "none of these"; an unanswered fact is null. */
const valuesOf = (fact: Fact): readonly Value[] => {
  if (fact === null || typeof fact !== 'object') return [fact];
  return fact.length > 0 ? fact : ['none'];
};

/** Whether every clause holds. No clause at all holds. */
export const holds = (when: readonly Clause[], facts: Record<string, Fact>): boolean =>
  when.every(({ fact, any_of }) =>
    valuesOf(facts[fact] ?? null).some((value) => any_of.includes(value)),
  );

/** The last rule of a table has no clause, so one always holds. */
export function firstThatHolds<R extends { when: readonly Clause[] }>(
  rules: readonly R[],
  facts: Record<string, Fact>,
): R {
  const rule = rules.find(({ when }) => holds(when, facts));
  if (!rule) throw new Error('the last rule of a table must hold for everything');
  return rule;
}
