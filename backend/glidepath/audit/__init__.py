"""Who did what with whose record: written with the deed, append-only, chained per clinic."""
