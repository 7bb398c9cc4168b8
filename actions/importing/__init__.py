"""What hospitals already have, made into passages that answers may be taken from: `careline knowledge import`."""
