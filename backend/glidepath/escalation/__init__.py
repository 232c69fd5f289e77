"""An alert that nobody looks at climbs to the next person, by the clinic's own policy, and says so."""
