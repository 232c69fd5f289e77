"""What patients agreed to, and how long a clinic means to keep what it has."""
