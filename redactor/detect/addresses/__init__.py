"""Postal addresses, grown from a core to the whole block."""
