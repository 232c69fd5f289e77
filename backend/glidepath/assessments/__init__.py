"""What a therapist finds when examining the patient: straight-leg raise and slump, per leg."""
