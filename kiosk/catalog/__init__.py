"""What the city offers: services.yaml, loaded, validated and cached."""
