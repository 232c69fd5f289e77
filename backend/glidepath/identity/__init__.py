"""Who somebody is: clinics, accounts, sessions, invitations, and what an actor may do."""
