"""Careline: the chat server, and all that patients and nurses connect to."""
