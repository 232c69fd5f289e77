"""What physiotherapy knows: data files and pure functions. Imports nothing else of ours."""
