"""Progress reports on paper: for who treats the patient next, and for the patient in plain words."""
