"""The center: takes what the machines of many sites recorded, exactly once, and shows it to those who ask."""
