"""Policy and rule files, read into frozen types. Pydantic lives only here."""
