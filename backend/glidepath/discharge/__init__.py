"""The end of an episode of care: what waits is shown first, and ended with it."""
