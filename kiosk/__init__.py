"""A city hall kiosk: service lookup, tickets, forms to take along and an exit survey."""

__version__ = "0.1.0"
