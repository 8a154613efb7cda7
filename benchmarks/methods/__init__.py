"""What is timed. Every function takes a gate and options, sets itself up and then runs one round a turn."""
