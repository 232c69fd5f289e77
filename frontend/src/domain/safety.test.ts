import { describe, expect, it } from 'vitest';
import {
  actions,
  cases,
  newness_cases as newnessCases,
} from '../../../backend/glidepath/clinical/data/safety.json';
import { ACTIONS, STRETCH_STOPPERS, decide, lossIsNew, type Situation } from './safety.ts';
import { RED_FLAGS, SENSATIONS, type Sensation } from './vocabulary.ts';

const nothingKnown: Situation = {
  exercise: null,
  sensations: null,
  worse: null,
  loss_is_new: null,
  red_flags: null,
  glide_in_plan: false,
};
const KINDS = [null, 'static_stretch', 'nerve_glide', 'strength', 'control', 'mobility'] as const;
const ANSWERS = [null, false, true] as const;

function* situations(): Generator<Situation> {
  for (const exercise of KINDS)
    for (const sensation of [null, ...SENSATIONS])
      for (const worse of ANSWERS)
        for (const loss_is_new of ANSWERS)
          for (const red_flag of [null, 'none', ...RED_FLAGS] as const)
            for (const glide_in_plan of [false, true])
              yield {
                exercise,
                sensations: sensation && [sensation, 'dull_stretch'],
                worse,
                loss_is_new,
                red_flags: red_flag && (red_flag === 'none' ? [] : [red_flag]),
                glide_in_plan,
              };
}

describe('the safety table', () => {
  it.each(cases)('$name', ({ given, rule, action, facts }) => {
    const decision = decide({ ...nothingKnown, ...(given as Partial<Situation>) });

    const named = ['stops_today', 'offers_glide', 'tells_therapist', 'asks_red_flags'] as const;
    expect(decision.rule).toBe(rule);
    expect(decision.action).toBe(action);
    expect(named.filter((fact) => decision[fact])).toEqual(
      named.filter((fact) => (facts as string[]).includes(fact)),
    );
  });

  it('orders the actions as the server does', () => {
    expect(ACTIONS).toEqual(actions);
  });

  it('makes any red flag an emergency, and nothing else', () => {
    for (const situation of situations()) {
      const emergency = decide(situation).action === 'emergency';
      expect(emergency, JSON.stringify(situation)).toBe((situation.red_flags ?? []).length > 0);
    }
  });

  it('offers a glide only where the plan has one, and never after numbness or weakness', () => {
    for (const situation of situations()) {
      const loss = situation.sensations?.some((s) => s === 'numbness' || s === 'weakness') ?? false;
      const offered = decide(situation).offers_glide;
      expect(offered && (loss || !situation.glide_in_plan), JSON.stringify(situation)).toBe(false);
    }
  });

  it('stops a stretch for what the one-tap button stands for', () => {
    const decision = decide({
      ...nothingKnown,
      exercise: 'static_stretch',
      sensations: STRETCH_STOPPERS,
    });
    expect(decision.outcome).toBe('rest');
  });
});

describe('newness of numbness and weakness', () => {
  it.each(newnessCases)('$name', ({ sensations, on, earlier, is_new }) => {
    const entries = (earlier as [string, Sensation[] | null][]).map(([local_date, named]) => ({
      local_date,
      sensations: named,
    }));
    expect(lossIsNew(sensations as Sensation[] | null, on, entries)).toBe(is_new);
  });
});
