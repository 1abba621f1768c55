"""Practice: days that never were, for training, pictures, benchmarks and tests."""
