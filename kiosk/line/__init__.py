"""The waiting line of this machine: commands decided and recorded in one transaction."""
