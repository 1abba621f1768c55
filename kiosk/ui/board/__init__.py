"""The board: which number is called, and to which counter."""
