"""What leaves the machine for the center: sealed batches of the journal."""
