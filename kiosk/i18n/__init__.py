"""Languages, messages, formats and script work; knows no screen and no catalogue."""
