"""What the kiosk gives out: codes, and later print and speech."""
