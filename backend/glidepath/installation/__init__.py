"""What who runs the installation sees of it: which clinics there are, and how a new one begins."""
