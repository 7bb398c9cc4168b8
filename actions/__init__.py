"""Rasa's custom actions, one a file, and the answer pipeline that the health question's action uses."""
