"""What a therapist writes to a patient, and when the patient has read it."""
