"""What leaves the clinic's record as files."""
