"""What every request passes: headers, the same-origin rule, errors, and the front end's files."""
