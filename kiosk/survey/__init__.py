"""The exit survey: which statements are asked, and in what order."""
