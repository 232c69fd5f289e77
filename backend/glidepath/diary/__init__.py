"""The diary: what a patient wrote, when, and on which plan. Append-only."""
