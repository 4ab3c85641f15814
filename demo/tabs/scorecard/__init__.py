"""The Scorecard tab."""
