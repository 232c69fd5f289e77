"""The database: engine, embedded server, units of work, base model, migrations, jobs."""
