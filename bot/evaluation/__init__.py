"""Measures of the parts: labelled questions, what came of them, shares with intervals, reports."""
