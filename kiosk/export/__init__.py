"""What staff carry away: folders and archives, written whole or not at all."""
