"""The docent's console at the information desk."""
