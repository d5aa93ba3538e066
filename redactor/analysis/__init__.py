"""From segments to decisions: detection, resolution, result."""
