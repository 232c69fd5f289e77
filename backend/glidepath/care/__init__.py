"""The care of a patient: who looks after them, which episode, which plan."""
