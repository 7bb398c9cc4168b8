"""Sets Careline up on a bare machine: `python3 -m deploy.bootstrap`, called by `make`.

Standard library only, and any Python from 3.8 may start it: it looks for the Pythons that Careline needs by itself.
"""
