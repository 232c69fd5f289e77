"""What people see: the triage list, a patient's page, and the patient's own care."""
