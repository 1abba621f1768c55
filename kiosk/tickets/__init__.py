"""The waiting line as pure functions: what a ticket is, what may happen to it, who is next, how long."""
