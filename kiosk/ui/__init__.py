"""The screens: everything that imports Textual lives here."""
