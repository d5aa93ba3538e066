"""Who does the work: one module an engine, each mapping `pipeline.redact` over jobs."""
