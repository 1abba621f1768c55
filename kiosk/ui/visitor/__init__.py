"""The visitor's screens, from "touch to start" to "thank you"."""
