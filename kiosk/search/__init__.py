"""Finding a service by any words a resident would use, in any of the languages."""
